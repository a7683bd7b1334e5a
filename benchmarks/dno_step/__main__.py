"""A DNO step of ours beside one of the official loop, in one process on one device, family by family.

    python -m benchmarks.dno_step --out results/reference/speed                                        (emoji, on a CPU)
    python -m benchmarks.dno_step --device cuda --families sd15,emoji --minutes 10 --out speed-gpu
    python -m benchmarks.dno_step --device cuda --families sdxl,sd3-medium,flux-schnell --minutes 10 --out speed-gpu

`dno_step.csv` and `dno_step.md` get a row as soon as it is measured. Each family has a process of its own: what fails
there is a row that says why, and after a fault of the device a new process measures what is left. The same command
again measures what has no figures yet. The hub's models have their full size and random weights.

Ours is the method itself, pulled from yield to yield: eagerly, from graphs, from graphs of the compiled network. The
official loop is `benchmarks.dno_step.official`. Seconds are medians after two steps of warm-up, synchronised. The share
of the matrix rate takes a step as every prediction and the decode, forward and backward, once; the rate is that of a
square product, measured just before. Gradients are of the guided prediction, on the same latents as in float32.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from benchmarks.dno_step.families import FAMILIES, open_family
from benchmarks.dno_step.measure import Bench
from benchmarks.dno_step.rows import Rows
from benchmarks.dno_step.turns import one_line
from benchmarks.dno_step.ways import Task, groups

NO_REFERENCE = 3  # exit status


def main(arguments: list[str] | None = None) -> None:
    """Measure what the command line asks for."""
    options = parse(arguments)
    if options.only:
        measure(options)
        return
    end = time.monotonic() + 60 * options.minutes
    Rows(options.out).forget_failures()
    for family in options.families:
        supervise(family, options, end)
    print(f"{options.out}/dno_step.md")


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The options; families are a list of known names."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.dno_step", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--families", type=_families, default=["emoji"], help=f"of {', '.join(FAMILIES)}")
    parser.add_argument("--steps", type=int, help="sampling steps; by default each model's own")
    parser.add_argument("--repeats", type=int, default=3, help="timed steps")
    parser.add_argument("--device", type=torch.device, default=torch.device("cpu"))
    parser.add_argument("--minutes", type=float, default=60, help="of all families together")
    parser.add_argument("--out", type=Path, required=True, help="folder of the tables")
    parser.add_argument(
        "--reference", action=argparse.BooleanOptionalAction, default=True, help="compare gradients with float32"
    )
    parser.add_argument("--only", action="store_true", help="measure in this process, which has one family")
    return parser.parse_args(arguments)


def _families(text: str) -> list[str]:
    names = text.split(",")
    if unknown := sorted(set(names) - set(FAMILIES)):
        raise argparse.ArgumentTypeError(f"unknown {', '.join(unknown)}; there are {', '.join(FAMILIES)}")
    return names


def measure(options: argparse.Namespace) -> None:
    """Measure in this process what has no row yet.

    Raises:
        Exception: the device is in no state to go on.
    """
    rows, (name,) = Rows(options.out), options.families
    try:
        bench = Bench(
            open_family(name, {"steps": options.steps} if options.steps else {}, options.device),
            options.repeats,
            options.reference,
        )
    except Exception as error:
        if options.reference:
            print(f"{name}: no gradient in float32 to compare with: {one_line(error)}", file=sys.stderr)
            sys.exit(NO_REFERENCE)
        fail(rows, name, rows.missing(name, all_tasks(options.device)), one_line(error))
        return
    for group in groups(options.device):
        for row in bench.rows(rows.missing(name, group)):
            rows.add(row)
            print(line(row), flush=True)
        if options.device.type == "cuda":
            torch.cuda.synchronize(options.device)  # after an illegal access everything would fail


def line(row: Mapping[str, Any]) -> str:
    """A row in a few words."""
    found = f"{row['seconds']:.3g} s" if "seconds" in row else row["note"]
    return f"{row['family']}, {row['method']}, {row['way']}, batch {row['batch']}: {found}"


def supervise(family: str, options: argparse.Namespace, end: float) -> None:
    """Measure a family in processes of its own, until each task has a row or the time is up."""
    rows, tasks, reference = Rows(options.out), all_tasks(options.device), options.reference
    while missing := rows.missing(family, tasks):
        status = run(family, options, reference, end - time.monotonic())
        left = rows.missing(family, tasks)
        if status is None:
            fail(rows, family, left, "not measured: the time was up")
        elif status == NO_REFERENCE:
            reference = False
        elif left == missing:
            fail(rows, family, left[:1], f"the process ended with status {status}")


def run(family: str, options: argparse.Namespace, reference: bool, seconds: float) -> int | None:
    """Let a process measure a family; its exit status, None if there was not enough time."""
    if seconds <= 0:
        return None
    command = [
        sys.executable, "-m", "benchmarks.dno_step", "--only", "--families", family, "--out", str(options.out),
        "--device", str(options.device), "--repeats", str(options.repeats),
        *(["--steps", str(options.steps)] if options.steps else []), "--reference" if reference else "--no-reference",
    ]  # fmt: skip
    try:
        return subprocess.run(command, timeout=seconds, check=False).returncode
    except subprocess.TimeoutExpired:
        return None


def fail(rows: Rows, family: str, tasks: list[Task], why: str) -> None:
    """Add a row that says why, for each of the tasks."""
    for task in tasks:
        rows.add({"family": family, **asdict(task), "note": why})


def all_tasks(device: torch.device) -> list[Task]:
    """The tasks of one family."""
    return [task for group in groups(device) for task in group]


if __name__ == "__main__":
    main()
