"""The command line of the benchmark."""

import argparse
from pathlib import Path

import torch

from bench.errors import InputError
from bench.run.devices import parse_devices
from benchmarks.dno_step.families import FAMILIES, setting_of
from benchmarks.dno_step.rows import Setting


def parse(arguments: list[str] | None, description: str | None) -> argparse.Namespace:
    """The options; what makes no sense or is not there is refused in one line, with status 2.

    Args:
        arguments: of the command line; None for those of this process.
        description: for `--help`.
    """
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.dno_step",
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--families", type=_families, default=["emoji"], help=f"of {', '.join(FAMILIES)}")
    parser.add_argument("--steps", type=_positive, help="sampling steps; by default each model's own")
    parser.add_argument("--repeats", type=_positive, help="timed steps; by default 3, or 1 of what is slow on a GPU")
    parser.add_argument("--device", type=_device, default=torch.device("cpu"))
    parser.add_argument("--minutes", type=float, default=60, help="of all families together, imports included")
    parser.add_argument("--out", type=Path, required=True, help="folder of the tables")
    parser.add_argument(
        "--reference", action=argparse.BooleanOptionalAction, default=True, help="compare gradients with float32"
    )
    parser.add_argument("--only", action="store_true", help="measure in this process, which has one family")
    options = parser.parse_args(arguments)
    try:
        for family in options.families:
            asked(family, options)
    except InputError as error:
        parser.error(str(error))
    return options


def _families(text: str) -> list[str]:
    names = text.split(",")
    if unknown := sorted(set(names) - set(FAMILIES)):
        raise argparse.ArgumentTypeError(f"unknown {', '.join(unknown)}; there are {', '.join(FAMILIES)}")
    return names


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 1, got {text!r}")
    return int(text)


def _device(text: str) -> torch.device:
    try:
        (device, *others) = parse_devices(text)
    except InputError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    if others:
        raise argparse.ArgumentTypeError(f"must be one device, got {text!r}")
    return device


def asked(family: str, options: argparse.Namespace) -> Setting:
    """The setting in which a family is to be measured.

    Raises:
        InputError: it cannot sample in so many steps.
    """
    return setting_of(family, sampling(options), options.device)


def sampling(options: argparse.Namespace) -> dict[str, int]:
    """The sampling options that the command line sets."""
    return {"steps": options.steps} if options.steps else {}
