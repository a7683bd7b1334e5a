"""What whole sets of images are worth, after a run: from its stored images, so that it can be measured again."""

import sys
from collections.abc import Iterator, Mapping
from math import isfinite, nan
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from PIL import Image
from torch import Tensor

from bench.registry import SET_METRICS
from bench.store.columns import BASELINE, GROUP
from bench.store.files import write_atomically
from bench.store.folder import RunStore
from bench.store.tables import read_scores
from bench.suite.cell import create, plugin
from bench.weights.source import Missing

COLUMNS = ["run", *GROUP, "prompt", "metric", "value", "n"]
"""A row a set and metric: `prompt` is empty where the set spans all prompts, `n` counts its images, `value` is empty
where the metric is missing."""


def measure_sets(store: RunStore, device: torch.device) -> None:
    """Write `sets.csv`: each set metric of the suite on each of the run's sets of images; replaces an earlier one."""
    scores = read_scores(store.path)
    asked = store.suite().set_metrics.items()
    rows = [row for label, options in asked for row in _rows(scores, label, options, store.path, device)]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    write_atomically(store.path / "sets.csv", frame.to_csv(index=False))


def read_sets(run: Path) -> pd.DataFrame:
    """The rows of `sets.csv` in the folder `run` (see `COLUMNS`); none where nothing was asked, or measured yet."""
    path = run / "sets.csv"
    if not path.exists():
        return pd.DataFrame(columns=COLUMNS)
    # A prompt may be "None", "nan" or "007"; only a value can be missing.
    texts = dict.fromkeys(set(COLUMNS) - {"budget", "value", "n"}, str)
    return pd.read_csv(path, dtype=texts, keep_default_na=False, na_values={"value": [""]})


def _rows(
    scores: pd.DataFrame, label: str, options: Mapping[str, Any], run: Path, device: torch.device
) -> Iterator[dict[str, Any]]:
    metric = create(SET_METRICS, label, options)
    against_base = plugin(SET_METRICS, label, options).facts.against_base
    why: dict[str, None] = {}
    for keys, paths, base_paths in _sets(scores, against_base):
        value = nan
        try:
            images = _load(run, paths, device)
            found = metric(images, _load(run, base_paths, device, " of `base`")) if against_base else metric(images)
            value = _finite(found)
        except Missing:  # said before the run began
            pass
        except Exception as error:  # a metric that cannot judge a set is missing, not fatal
            why[str(error)] = None
        yield {"run": run.name, **keys, "metric": label, "value": value, "n": len(paths)}
    if why:
        print(f"note: set metric {label!r} is missing for some sets: {'; '.join(why)}", file=sys.stderr)


def _sets(scores: pd.DataFrame, against_base: bool) -> Iterator[tuple[dict[str, Any], list[str], list[str]]]:
    """The keys of each set, the paths of its images, and of those of `base` at the same point."""
    by = GROUP if against_base else [*GROUP, "prompt"]
    images = {values: rows["image"][rows["image"] != ""].tolist() for values, rows in scores.groupby(by)}
    for values, paths in images.items():
        keys = {"prompt": "", **dict(zip(by, values, strict=True))}
        if not against_base:
            yield keys, paths, []
        elif keys["method"] != BASELINE:
            yield keys, paths, images.get((*values[:-1], BASELINE), [])


def _load(run: Path, paths: list[str], device: torch.device, whose: str = "") -> Tensor:
    if not paths:
        raise ValueError(f"there are no images{whose}")
    arrays = [np.asarray(Image.open(run / path).convert("RGB")) for path in paths]
    return torch.from_numpy(np.stack(arrays)).movedim(-1, 1).to(device)


def _finite(value: float) -> float:
    if not isfinite(value):
        raise ValueError(f"its value is {value}")
    return value
