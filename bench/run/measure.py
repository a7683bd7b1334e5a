"""Off the clock: what an incumbent is worth beside its target reward."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from bench.registry import METRICS
from bench.run.loaded import Loaded
from bench.store.folder import CellStore
from bench.suite.cell import Cell, plugin
from bench.weights.source import Missing


@dataclass(frozen=True)
class Result:
    """A sample that stands for its method.

    Attributes:
        reward: its target reward.
        sample: what the model made, without the batch dimension.
        noise: the noise that makes it, `(steps + 1, *latent_shape)`.
    """

    reward: float
    sample: Tensor
    noise: Tensor


def measure(result: Result | None, cell: Cell, loaded: Loaded, store: CellStore, name: str) -> dict[str, Any]:
    """The checkpoint row of an incumbent: its reward, image and metrics; status "none" if there is no incumbent."""
    if result is None:
        return {"best_reward": None, "status": "none", "image": "", "metrics": {}}
    is_image = result.sample.ndim == 3
    image = store.save_image(name, result.sample) if is_image else ""
    return {"best_reward": result.reward, "status": "ok", "image": image, "metrics": _metrics(result, cell, loaded)}


def _metrics(result: Result, cell: Cell, loaded: Loaded) -> dict[str, float | None]:
    columns: dict[str, float | None] = {}
    with torch.no_grad():
        for name, options in cell.held_out.items():
            columns[f"held-out/{name}"] = float(loaded.scorer(name, options)(result.sample[None], [cell.prompt]))
        for name, options in cell.metrics.items():
            columns |= _columns(name, options, result, cell, loaded)
    return columns


def _columns(
    name: str, options: Mapping[str, Any], result: Result, cell: Cell, loaded: Loaded
) -> dict[str, float | None]:
    """The columns of one metric; None under its name where it is missing."""
    own = plugin(METRICS, name, options).name
    try:
        found = loaded.metric(name, options)(result.sample[None], [cell.prompt], result.noise[None])
    except Missing:  # said before the run began
        return {name: None}
    except Exception as error:  # a metric that cannot judge this sample is missing, not fatal
        loaded.note_once(f"metric {name!r} is missing", f"for {cell.id} and where it is empty: {error}")
        return {name: None}
    return {f"{name}{column.removeprefix(own)}": float(value) for column, value in found.items()}
