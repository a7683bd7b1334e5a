"""On what the cells of a run ran: seconds of two machines are not compared, and a run may have gone on elsewhere."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from math import isnan, nan
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

from bench.store.columns import GPU
from bench.store.files import Record
from bench.store.folder import RunStore
from bench.store.pace import pace


class Machine(NamedTuple):
    """A device with its versions, what the model chose to fit into its memory, and how many cells that are.

    Attributes:
        run, pace, chosen, cells: these.
        processors: how many the cells might use.
        load, others, clock: the highest load average, the most other processes on the GPU and the lowest clock of its
            multiprocessors (MHz) at the beginning or end of one.
        device_busy, sm_busy: mean shares of their method time, and energy_joules: of all of them; NaN where nobody
            knows.
    """

    run: str
    pace: str
    chosen: str
    cells: int
    processors: float
    load: float
    others: float
    clock: float
    device_busy: float
    sm_busy: float
    energy_joules: float


def machines(runs: Mapping[str, Path]) -> list[Machine]:
    """What the cells of each run that have ended ran on, each kind once."""
    return [
        Machine(name, *kind, len(cells), *_figures(cells))
        for name, path in runs.items()
        for kind, cells in _kinds(RunStore.open(path)).items()
    ]


def _kinds(store: RunStore) -> dict[tuple[str, str], list[Record]]:
    found: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for ran in (store.cell(one.cell).ran() for one in store.planned()):
        if "device" in ran:
            found[pace(ran), _text(ran["chosen"])].append(ran)
    return found


def _figures(cells: list[Record]) -> Iterator[float]:
    """The fields of a `Machine` from `processors` on; a cell that failed has no figures."""
    yield max(ran.get("processors", nan) for ran in cells)
    own = [ran.get("machine", {}) for ran in cells]
    for name, extreme in (("load_average", max), ("processes", max), ("sm_clock_mhz", min)):
        yield extreme((value for one in own for value in one.get(name, [])), default=nan)
    busy, sm_busy, joules = (_known(own, name) for name in GPU)
    yield fmean(busy) if busy else nan
    yield fmean(sm_busy) if sm_busy else nan
    yield sum(joules) if joules else nan


def _known(cells: list[Record], name: str) -> list[float]:
    return [value for value in (one.get(name, nan) for one in cells) if not isnan(value)]


def _text(chosen: Mapping[str, object]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in chosen.items())
