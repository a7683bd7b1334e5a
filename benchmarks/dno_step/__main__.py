"""A DNO step of ours beside one of the official loop, in one process on one device, family by family.

    python -m benchmarks.dno_step --out results/reference/speed                                        (emoji, on a CPU)
    python -m benchmarks.dno_step --device cuda --families sd15 --minutes 9 --out speed-gpu       (each family likewise)

`dno_step.csv` and `dno_step.md` get a row as soon as it is measured. Each family has a process of its own: what fails
there is a row that says why, and after a fault of the device a new process measures what is left. The same command
again measures what has no figures yet, so that a family may take as many runs as it needs. Rows are compared where
model, device, threads and steps are the same. The hub's models have their full size and random weights.

Ours is the method itself, pulled from yield to yield: eagerly, from graphs, from graphs of the compiled network. The
official loop is `benchmarks.dno_step.official`. Seconds are medians of three steps after two of warm-up, synchronised;
on a GPU, where they take ten seconds, the official loop and eager kernels have one step after one. The share of the
matrix rate takes a step as every prediction and the decode, forward and backward, once; the rate is that of a square
product, measured just before. Gradients are of the guided prediction, on the same latents as in float32.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import psutil
import torch

from benchmarks.dno_step.families import open_family
from benchmarks.dno_step.measure import Bench
from benchmarks.dno_step.options import asked, parse, sampling
from benchmarks.dno_step.rows import Rows, Setting
from benchmarks.dno_step.turns import one_line
from benchmarks.dno_step.ways import Task, groups

NO_REFERENCE = 3  # exit status


def main(arguments: list[str] | None = None) -> None:
    """Measure what the command line asks for."""
    options = parse(arguments, __doc__)
    if options.only:
        measure(options)
        return
    began = psutil.Process().create_time()  # imports take a part of the time too
    end = time.monotonic() + 60 * options.minutes - (time.time() - began)
    for family in options.families:
        Rows(options.out).forget_failures(asked(family, options))
        supervise(family, options, end)
    print(f"{options.out}/dno_step.md")


def measure(options: argparse.Namespace) -> None:
    """Measure in this process what has no row yet.

    Raises:
        Exception: the device is in no state to go on.
    """
    rows, (name,) = Rows(options.out), options.families
    setting = asked(name, options)
    try:
        family = open_family(name, sampling(options), options.device)
        bench = Bench(family, options.repeats, options.reference)
    except Exception as error:
        if options.reference:
            print(f"{name}: no gradient in float32 to compare with: {one_line(error)}", file=sys.stderr)
            sys.exit(NO_REFERENCE)
        fail(rows, setting, rows.missing(setting, all_tasks(options.device)), one_line(error))
        return
    for group in groups(options.device):
        for row in bench.rows(rows.missing(setting, group)):
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
    setting = asked(family, options)
    while missing := rows.missing(setting, tasks):
        status = run(family, options, reference, end - time.monotonic())
        left = rows.missing(setting, tasks)
        if status is None:
            fail(rows, setting, left, "not measured: the time was up")
        elif status == NO_REFERENCE:
            reference = False
        elif left == missing:
            fail(rows, setting, left[:1], f"the process ended with status {status}")


def run(family: str, options: argparse.Namespace, reference: bool, seconds: float) -> int | None:
    """Let a process measure a family; its exit status, None if there was not enough time."""
    if seconds <= 0:
        return None
    command = [
        sys.executable, "-m", "benchmarks.dno_step", "--only", "--families", family, "--out", str(options.out),
        "--device", str(options.device), *(["--repeats", str(options.repeats)] if options.repeats else []),
        *(["--steps", str(options.steps)] if options.steps else []), "--reference" if reference else "--no-reference",
    ]  # fmt: skip
    try:
        return subprocess.run(command, timeout=seconds, check=False).returncode
    except subprocess.TimeoutExpired:
        return None


def fail(rows: Rows, setting: Setting, tasks: list[Task], why: str) -> None:
    """Add a row that says why, for each of the tasks."""
    for task in tasks:
        rows.add({**setting._asdict(), **asdict(task), "note": why})


def all_tasks(device: torch.device) -> list[Task]:
    """The tasks of one family."""
    return [task for group in groups(device) for task in group]


if __name__ == "__main__":
    main()
