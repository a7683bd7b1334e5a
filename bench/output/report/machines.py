"""On what the cells of a run ran: seconds of two machines are not compared, and a run may have gone on elsewhere."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from bench.store.folder import RunStore
from bench.store.pace import pace


class Machine(NamedTuple):
    """A device with its versions, what the model chose to fit into its memory, and how many cells that are."""

    run: str
    pace: str
    chosen: str
    cells: int


def machines(runs: Mapping[str, Path]) -> list[Machine]:
    """What the cells of each run that have ended ran on, each kind once."""
    return [
        Machine(name, *kind, cells)
        for name, path in runs.items()
        for kind, cells in _count(RunStore.open(path)).items()
    ]


def _count(store: RunStore) -> Counter[tuple[str, str]]:
    ended = [ran for ran in (store.cell(one.cell).ran() for one in store.planned()) if ran]
    return Counter((pace(ran), _text(ran["chosen"])) for ran in ended)


def _text(chosen: Mapping[str, object]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in chosen.items())
