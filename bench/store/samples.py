"""What a run folder holds of its samples: images as files, points in the rows of the checkpoints."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from PIL import Image

from bench.registry import Medium
from bench.store.files import confined
from bench.store.folder import RunStore

if TYPE_CHECKING:
    from torch import Tensor


class Stored(NamedTuple):
    """How samples of a medium are found in a run folder, and read.

    Attributes:
        noun: what they are called.
        find: from rows of `scores`, what is stored for those that have a sample.
        read: from some of what was found, samples `(n, ...)` as a metric of sets takes them.
    """

    noun: str
    find: Callable[[RunStore, pd.DataFrame], list[Any]]
    read: Callable[[Path, list[Any]], "Tensor"]


def _images(store: RunStore, rows: pd.DataFrame) -> list[str]:
    return rows["image"][rows["image"] != ""].tolist()


def _read_images(run: Path, names: list[str]) -> "Tensor":
    """uint8 `(n, 3, H, W)`."""
    import torch

    arrays = [np.asarray(Image.open(_image(run, name)).convert("RGB")) for name in names]
    return torch.from_numpy(np.stack(arrays)).movedim(-1, 1)


def _image(run: Path, name: str) -> Path:
    path = confined(run, name)
    if path is None:
        raise ValueError(f"there is no image {name} in the run folder")
    return path


def _points(store: RunStore, rows: pd.DataFrame) -> list[list[float]]:
    found = (_point(store, cell, budget) for cell, budget in zip(rows["cell"], rows["budget"], strict=True))
    return [point for point in found if point is not None]


def _point(store: RunStore, cell: str, budget: float) -> list[float] | None:
    checkpoints = (row for row in store.cell(cell).checkpoints() if row["budget"] == budget)
    point: list[float] | None = next(checkpoints, {}).get("point")
    return point


def _read_points(run: Path, points: list[list[float]]) -> "Tensor":
    """float32 `(n, d)`, to the bit what the model made."""
    import torch

    return torch.tensor(points, dtype=torch.float32)


_IMAGES = Stored("images", _images, _read_images)
STORED: Mapping[Medium, Stored] = {
    "image": _IMAGES,
    "emoji": _IMAGES,
    "points": Stored("points", _points, _read_points),
}
