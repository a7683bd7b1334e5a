"""What the harness costs a yield: a method of known pace, run as a cell, and what its ledger says.

    python -m benchmarks.overhead

At 100 yields a second one per cent is 100 microseconds a yield. Two figures: seconds on the clock beyond the method's
own, which a method pays for, and seconds off the clock (log, checks, noise drawn ahead), which only the wall pays.
The method spins rather than sleeps, so that the system's timers are not measured. The median of a cell's yields, the
least of several cells: what else runs on the machine only adds.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

import torch

from bench.problem import Candidates, Problem
from bench.registry import option, register_method
from bench.run.loaded import Loaded
from bench.run.runner import run_cell
from bench.store.files import Record
from bench.store.folder import RunStore
from bench.suite.suite import Suite


@register_method("paced", family="benchmark", paper="none")
@dataclass(frozen=True)
class Paced:
    """Offers one and the same sample every so many seconds."""

    seconds: float = option(0.01, source="100 yields a second")

    def run(self, problem: Problem) -> Iterator[Candidates]:
        """Spin, then offer; how long it had control, and how long before that it had not, is logged."""
        noise = problem.draw_noise(1)
        samples = problem.generate(noise)
        offered = Candidates(samples, problem.reward(samples), noise)
        end = start = time.perf_counter()
        while True:
            gap = start - end
            while (end := time.perf_counter()) < start + self.seconds:
                pass
            yield Candidates(offered.samples, offered.rewards, offered.noise, {"own": end - start, "gap": gap})
            start = time.perf_counter()


@dataclass(frozen=True)
class Overhead:
    """Seconds of the harness a yield.

    Attributes:
        on_clock: booked as the method's, though the method was not running.
        off_clock: between two yields, booked as logging or evaluation.
    """

    on_clock: float
    off_clock: float


def overhead(path: Path, seconds: float, budget: float, cells: int) -> Overhead:
    """Measure on `ring`, in cells of `budget` seconds, in which a method yields every so many seconds."""
    suite = Suite.model_validate({
        "name": "overhead", "models": ["ring"], "prompts": ["ring"], "rewards": ["ring-waves"],
        "methods": {"paced": {"use": f"{__file__}@paced", "seconds": seconds}},
        "seeds": list(range(cells)), "budget": f"{budget}s", "checkpoints": [1],
    })  # fmt: skip
    store, loaded = RunStore.create(path, suite, {}), Loaded(torch.device("cpu"))
    found = []
    for cell in suite.cells():
        run_cell(cell, loaded, store.cell(cell.id), lambda event: None)
        found.append(of_cell(store.cell(cell.id).events()))
    return Overhead(*(min(one) for one in zip(*found, strict=True)))


def of_cell(events: list[Record]) -> tuple[float, float]:
    """Seconds a yield on and off the clock, medians over the events of a cell of `Paced`."""
    booked = [after["seconds"] - before["seconds"] for before, after in pairwise(events)]
    on_clock = statistics.median(one - event["info/own"] for one, event in zip(booked, events[1:], strict=True))
    return on_clock, statistics.median(event["info/gap"] for event in events[1:]) - on_clock


def main() -> None:
    """Print both figures in microseconds, and as a share of the method's time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=100, help="yields a second")
    parser.add_argument("--budget", type=float, default=3, help="seconds a cell")
    parser.add_argument("--cells", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = overhead(Path(folder), 1 / options.rate, options.budget, options.cells)
    for name, seconds in asdict(found).items():
        print(f"{name}: {1e6 * seconds:.0f} microseconds a yield, {seconds * options.rate:.2%} of the method's time")


if __name__ == "__main__":
    main()
