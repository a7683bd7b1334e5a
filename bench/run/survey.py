"""What became of the cells of a run, for a command that plans: each folder is looked at once, for they are many."""

from collections.abc import Iterable
from typing import NamedTuple

from bench.store.folder import RunStore
from bench.store.pace import pace


class Ended(NamedTuple):
    """What a plan needs to know of a cell that has ended.

    Attributes:
        done: whether it is complete; otherwise it failed.
        at: when it ended, in nanoseconds.
        pace: at which it ran (`bench.store.pace`); "" if it does not say.
    """

    done: bool
    at: int
    pace: str


def survey(store: RunStore, names: Iterable[str]) -> dict[str, Ended]:
    """Those of the cells that have ended.

    Args:
        store: the run.
        names: of cells; one that stands twice is looked at once.
    """
    ends = ((name, store.cell(name).end()) for name in dict.fromkeys(names))
    return {
        name: Ended(end.kind == "done", end.at, pace(end.record) if "device" in end.record else "")
        for name, end in ends
        if end.kind
    }
