"""A run folder as large as a big campaign's, made up, and how long its tables take.

    python -m benchmarks.large_store write /tmp/large
    python -m benchmarks.large_store measure /tmp/large

By default 20 methods x 200 prompts x 5 seeds x 3 rewards x 100 events: 60,000 cells, 6 million rows, 2 GB.
The rewards are random walks; nothing was run. Each figure is taken in a process of its own.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from itertools import islice, product
from pathlib import Path

import numpy as np

from bench.models.emoji.vocabulary import ANIMALS, COLORS
from bench.output.evidence import Evidence
from bench.output.tables import FORMATS, LAYOUTS
from bench.store.ended import sealed
from bench.store.folder import RunStore
from bench.store.tables import consolidate, read_tables
from bench.suite.cell import Cell
from bench.suite.suite import Suite

REWARDS = {"darkness": [0, 5], "brightness": [0, 5], "contrast": [0, 5]}
PARTS = ("consolidate", "table", "curves")
MIB = 2**10  # of kB, in which Linux counts


def large_suite(methods: int, prompts: int, seeds: int) -> Suite:
    """A suite of three rewards; `base` and best-of-n under other names."""
    words = product(COLORS, ANIMALS)
    return Suite.model_validate(
        {
            "name": "large",
            "prompts": [f"a {colour} {animal}" for colour, animal in islice(words, prompts)],
            "rewards": list(REWARDS),
            "methods": {"base": {}, **{f"method-{i:02d}": {"use": "best-of-n"} for i in range(1, methods)}},
            "seeds": list(range(seeds)),
            "budget": "100s",
            "anchors": REWARDS,
        }
    )


def write(path: Path, suite: Suite, events: int) -> None:
    """Write the folder as if `suite` had been run, a few KiB a cell."""
    store = RunStore.create(path, suite, {"note": "made up by benchmarks.large_store"})
    rng = np.random.default_rng(0)
    for cell in suite.cells():
        _write_cell(store.cell(cell.id).path, cell, events, rng)


def _write_cell(path: Path, cell: Cell, events: int, rng: np.random.Generator) -> None:
    (path / "images").mkdir(parents=True)
    (path / "cell.json").write_text(json.dumps(asdict(cell), indent=1) + "\n")
    seconds = np.sort(rng.uniform(0.5, cell.budget.amount, events)).tolist()
    rewards = (rng.normal(0, 1, events) + len(cell.prompt) / 10).tolist()
    best = np.maximum.accumulate(rewards).tolist()
    counts = [{"denoiser_evals": 50 * (i + 1), "decodes": i + 1, "reward_calls": i + 1} for i in range(events)]
    rows = [
        {"step": i, "seconds": seconds[i], **counts[i], "backward_evals": 0}
        | {"current_reward": rewards[i], "mean_reward": rewards[i], "best_reward": best[i]}
        for i in range(events)
    ]
    (path / "events.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (path / "checkpoints.jsonl").write_text(
        "".join(_checkpoint(cell, share, rows, seconds) for share in cell.checkpoints)
    )
    where = {"device": "cuda:0", "device_name": "made up", "threads": 1, "versions": {"torch": "none"}, "chosen": {}}
    machine = {"cpu_seconds": 100.0, "waited_seconds": 0.1, "step_seconds": [0.012, 0.012], "device_busy": 0.9}
    spent = {"steps": events, "overshoot": 0.0, "wall": 100.0, "ledger": {"method": 100.0}, "peak_memory_mb": 700.0}
    done = {**spent, "machine": machine, **where, **sealed(path)}
    (path / "done.json").write_text(json.dumps(done, indent=1) + "\n")


def _checkpoint(cell: Cell, share: float, rows: list[dict[str, float]], seconds: list[float]) -> str:
    mark = cell.budget.at(share)
    counted = int(np.searchsorted(seconds, mark, side="right"))
    if counted == 0:
        row = {"best_reward": None, "status": "none", "image": "", "metrics": {}}
        return json.dumps({"budget": mark, "budget_unit": cell.budget.unit, **row}) + "\n"
    event = rows[counted - 1]
    metrics = {f"held-out/{name}": -event["best_reward"] for name in cell.held_out}
    row = {key: event[key] for key in event if key not in {"step", "current_reward", "mean_reward"}}
    row |= {"last_reward": event["current_reward"], "budget": mark, "budget_unit": cell.budget.unit}
    return json.dumps({**row, "status": "ok", "image": "", "metrics": metrics}) + "\n"


def _table(path: Path) -> None:
    FORMATS["md"](LAYOUTS["main"](Evidence([path])))


def _curves(path: Path) -> None:
    from bench.analysis.curves import mean_curves

    scores, curves = read_tables(path)
    mean_curves(curves, scores)


def measure(part: str, path: Path) -> None:
    """Do one part, and print what it took: other work on the machine lengthens the seconds, not those of the core."""
    jobs: dict[str, Callable[[Path], None]] = {
        "consolidate": lambda path: consolidate(RunStore.open(path)),
        "table": _table,
        "curves": _curves,
    }
    start = time.perf_counter()
    jobs[part](path)
    seconds, used = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    cpu = used.ru_utime + used.ru_stime
    print(
        f"{part}: {seconds:.1f} s ({cpu:.1f} s of one core, imports included), {used.ru_maxrss / MIB:.0f} MiB at most"
    )


def main() -> None:
    """Write a store, or measure one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=("write", "measure", *PARTS))
    parser.add_argument("path", type=Path)
    for name, size in {"methods": 20, "prompts": 200, "seeds": 5, "events": 100}.items():
        parser.add_argument(f"--{name}", type=int, default=size)
    options = parser.parse_args()
    if options.action == "write":
        write(options.path, large_suite(options.methods, options.prompts, options.seeds), options.events)
    elif options.action == "measure":
        for part in PARTS:
            subprocess.run([sys.executable, "-m", "benchmarks.large_store", part, str(options.path)], check=True)
    else:
        measure(options.action, options.path)


if __name__ == "__main__":
    main()
