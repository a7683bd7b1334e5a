"""A run folder as large as a big campaign's, made up, and how long commands take with it.

    python -m benchmarks.large_store write /tmp/large
    python -m benchmarks.large_store measure /tmp/large

By default 20 methods x 200 prompts x 5 seeds x 3 rewards x 100 events: 60,000 cells, 6 million rows, 2 GB, of which ten
cells are left as if a run had been killed. The rewards are random walks; nothing was run.

Each figure is taken in a process of its own. `dry-run`, `resume` and `status` are commands as they are typed; `resume`
is the time until the first of the cells that are left begins, and the run is killed then.
"""

import argparse
import json
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, replace
from itertools import islice, product
from pathlib import Path

import numpy as np
import torch

from bench.models.emoji.vocabulary import ANIMALS, COLORS
from bench.output.evidence import Evidence
from bench.output.tables import FORMATS, LAYOUTS
from bench.run.provenance import ran_with
from bench.store.claims import CLAIMS
from bench.store.ended import sealed
from bench.store.folder import RunStore
from bench.store.owner import Owner
from bench.store.tables import consolidate, read_tables
from bench.suite.cell import Cell
from bench.suite.suite import Suite

DNO_BENCH = "from bench.cli import main; main()"
REWARDS = {"darkness": [0, 5], "brightness": [0, 5], "contrast": [0, 5]}
COMMANDS: dict[str, tuple[str, ...]] = {
    "dry-run": ("run", "SUITE", "--dry-run", "--out", "RUN"),
    "resume": ("run", "SUITE", "--wandb", "off", "--device", "cpu", "--out", "RUN"),
    "status": ("status", "RUN"),
}
"""SUITE and RUN stand for the suite and the folder that were written."""
PARTS = ("consolidate", "table", "curves")
LEFT = 10
MIB = 2**10  # of kB, in which Linux counts
_POLL = 0.02


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


def write(path: Path, suite: Suite, events: int, left: int = 0) -> None:
    """Write the folder as if all but the last `left` cells of `suite` had been run here, a few KiB a cell."""
    store = RunStore.create(path, suite, {"note": "made up by benchmarks.large_store"})
    rng, cells = np.random.default_rng(0), suite.cells()
    claim = replace(Owner.here(), ended=True).text()
    for cell in cells[: len(cells) - left]:
        _write_cell(store.cell(cell.id).path, cell, events, rng)
        if left:  # claims stay until all cells have ended
            (path / CLAIMS / cell.id).mkdir(parents=True)
            (path / CLAIMS / cell.id / "0").write_text(claim)


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
    where = ran_with(cell, torch.device("cpu"), {})
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


def command(part: str, path: Path) -> None:
    """Type a command and print what it took.

    Raises:
        RuntimeError: it ended with another exit status than it must; with what it wrote to stderr.
    """
    words = {"SUITE": str(path / "suite.yaml"), "RUN": str(path)}
    typed = [sys.executable, "-c", DNO_BENCH, *(words.get(word, word) for word in COMMANDS[part])]
    left = _not_begun(path) if part == "resume" else []
    start, peak = time.perf_counter(), 0
    process = subprocess.Popen(typed, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    while process.poll() is None and not any(folder.exists() for folder in left):
        peak = max(peak, _high_water(process.pid))
        time.sleep(_POLL)
    seconds = time.perf_counter() - start
    process.kill()
    _, errors = process.communicate()
    if process.returncode != (-signal.SIGKILL if left else 0):
        raise RuntimeError(f"{part} ended with exit status {process.returncode}:\n{errors}")
    for folder in left:
        shutil.rmtree(folder, ignore_errors=True)
    _say(part, seconds, resource.getrusage(resource.RUSAGE_CHILDREN), peak)


def _not_begun(path: Path) -> list[Path]:
    """The folders that the cells which are left will have."""
    store = RunStore.open(path)
    folders = [store.cell(one.cell).path for one in store.planned()]
    return [folder for folder in folders if not folder.exists()]


def _high_water(pid: int) -> int:
    """The most memory that a process has had, in kB: of itself, where the system's own sum begins with its parent's."""
    with suppress(FileNotFoundError, ProcessLookupError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1])
    return 0


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
    _say(part, seconds, used, used.ru_maxrss)


def _say(part: str, seconds: float, used: resource.struct_rusage, peak: int) -> None:
    cpu = used.ru_utime + used.ru_stime
    print(f"{part}: {seconds:.1f} s ({cpu:.1f} s of one core, imports included), {peak / MIB:.0f} MiB at most")


def main() -> None:
    """Write a store, or measure one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=("write", "measure", *COMMANDS, *PARTS))
    parser.add_argument("path", type=Path)
    for name, size in {"methods": 20, "prompts": 200, "seeds": 5, "events": 100, "left": LEFT}.items():
        parser.add_argument(f"--{name}", type=int, default=size)
    options = parser.parse_args()
    if options.action == "write":
        suite = large_suite(options.methods, options.prompts, options.seeds)
        write(options.path, suite, options.events, options.left)
    elif options.action == "measure":
        for part in (*COMMANDS, *PARTS):
            subprocess.run([sys.executable, "-m", "benchmarks.large_store", part, str(options.path)], check=True)
    elif options.action in COMMANDS:
        command(options.action, options.path)
    else:
        measure(options.action, options.path)


if __name__ == "__main__":
    main()
