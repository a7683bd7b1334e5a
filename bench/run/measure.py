"""Off the clock: what an incumbent is worth beside its target reward."""

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from bench.errors import Interrupted, one_line
from bench.registry import METRICS
from bench.run.incumbent import Result
from bench.run.loaded import Loaded
from bench.store.folder import CellStore
from bench.suite.cell import Cell, plugin
from bench.weights.source import Missing


def measure(result: Result | None, cell: Cell, loaded: Loaded, store: CellStore, name: str) -> dict[str, Any]:
    """The checkpoint row of an incumbent: reward, image or point, metrics; status "none" if there is no incumbent."""
    if result is None:
        return {"best_reward": None, "status": "none", "image": "", "metrics": {}}
    kept = _kept(result.sample, store, name)
    return {"best_reward": result.reward, "status": "ok", **kept, "metrics": _metrics(result, cell, loaded)}


def _kept(sample: Tensor, store: CellStore, name: str) -> dict[str, Any]:
    """Where the row has the sample: an image lies in a file of its own, a point in the row."""
    if sample.ndim == 3:
        return {"image": store.save_image(name, sample)}
    return {"image": "", "point": sample.tolist()}


def _metrics(result: Result, cell: Cell, loaded: Loaded) -> dict[str, float | None]:
    columns: dict[str, float | None] = {}
    for name, options in cell.held_out.items():
        columns[f"held-out/{name}"] = _held_out(name, options, result, cell, loaded)
    for name, options in cell.metrics.items():
        columns |= _columns(name, options, result, cell, loaded)
    return columns


def _held_out(name: str, options: Mapping[str, Any], result: Result, cell: Cell, loaded: Loaded) -> float | None:
    """The score of a reward that nobody optimised; None where it cannot judge this sample."""
    try:
        return loaded.score(name, options, result.sample, cell.prompt)
    except Interrupted:
        raise
    except BaseException as error:
        loaded.note_once(f"held-out {name}", f"held-out reward {name!r} is missing {_where(cell, error)}")
        return None


def _columns(
    name: str, options: Mapping[str, Any], result: Result, cell: Cell, loaded: Loaded
) -> dict[str, float | None]:
    """The columns of one metric; None where it cannot judge this sample."""
    try:
        found = _measured(name, options, result, cell, loaded)
    except Missing:  # said before the run began
        return {name: None}
    except Interrupted:
        raise
    except BaseException as error:
        loaded.note_once(f"metric {name}", f"metric {name!r} is missing {_where(cell, error)}")
        return {name: None}
    for column, value in found.items():
        if value is None:
            loaded.note_once(
                f"column {column}", f"metric {column!r} is missing where it is not finite, as for {cell.id}"
            )
    return found


def _measured(
    name: str, options: Mapping[str, Any], result: Result, cell: Cell, loaded: Loaded
) -> dict[str, float | None]:
    own = plugin(METRICS, name, options).name
    noise = None if result.noise is None else result.noise[None]
    with torch.no_grad():
        found = loaded.metric(name, options)(result.sample[None], [cell.prompt], noise)
    values = {f"{name}{_part(column, own)}": float(value) for column, value in found.items()}
    if taken := sorted(values.keys() & cell.metrics.keys() - {name}):
        raise ValueError(f"its column {taken[0]!r} is the label of another metric; give that one another with `use`")
    return {column: value if math.isfinite(value) else None for column, value in values.items()}


def _part(column: str, own: str) -> str:
    """What a column has after the name of its metric.

    Raises:
        ValueError: it does not begin with it.
    """
    part = column.removeprefix(own)
    if not column.startswith(own) or (part and (part[0] not in "/-" or len(part) == 1)):
        raise ValueError(f"it returns a column {column!r}; its columns are {own!r}, '{own}/PART' and '{own}-PART'")
    return part


def _where(cell: Cell, error: BaseException) -> str:
    return f"for {cell.id} and where it is empty: {one_line(error)}"
