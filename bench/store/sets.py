"""What whole sets of images are worth, after a run: from its stored images, so that it can be measured again."""

import json
import sys
from collections.abc import Iterator, Mapping
from hashlib import sha256
from math import isfinite, nan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pandas.util import hash_pandas_object
from PIL import Image

from bench.registry import SET_METRICS
from bench.store.columns import BASELINE, GROUP
from bench.store.files import write_atomically
from bench.store.folder import RunStore
from bench.store.tables import read_scores
from bench.suite.cell import create, plugin
from bench.weights.source import Missing

if TYPE_CHECKING:
    import torch
    from torch import Tensor

COLUMNS = ["run", *GROUP, "prompt", "metric", "value", "n"]
"""A row a set and metric: `prompt` is empty where the set spans all prompts, `n` counts its images, `value` is empty
where the metric is missing."""
SETS, STAMP = "sets.csv", "sets.stamp"


def measure_sets(store: RunStore, device: "torch.device") -> None:
    """Write `sets.csv`: each set metric of the suite on each of the run's sets of images; replaces an earlier one."""
    scores = read_scores(store.path)
    made_from = _made_from(store, scores)
    asked = store.suite().set_metrics.items()
    rows = [row for label, options in asked for row in _rows(scores, label, options, store.path, device)]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    write_atomically(store.path / SETS, frame.to_csv(index=False))
    write_atomically(store.path / STAMP, made_from)


def sets_are_current(store: RunStore) -> bool:
    """Whether `sets.csv` was measured on the scores as they are now, by the set metrics as the run has them."""
    path = store.path / STAMP
    if not path.exists() or not (store.path / SETS).exists():
        return False
    return path.read_text(encoding="utf-8") == _made_from(store, read_scores(store.path))


def read_sets(run: Path) -> pd.DataFrame:
    """The rows of `sets.csv` in the folder `run` (see `COLUMNS`); none where nothing was asked, or measured yet.

    There are none either where cells have ended since: old values would stand beside new scores.
    """
    if not sets_are_current(RunStore.open(run)):
        return pd.DataFrame(columns=COLUMNS)
    # A prompt may be "None", "nan" or "007"; only a value can be missing.
    texts = dict.fromkeys(set(COLUMNS) - {"budget", "value", "n"}, str)
    return pd.read_csv(run / SETS, dtype=texts, keep_default_na=False, na_values={"value": [""]})


def _made_from(store: RunStore, scores: pd.DataFrame) -> str:
    """A digest of what is measured and by what: not of times or names, so that a copied run keeps its sets."""
    metrics = [
        (one.label, one.name, dict(one.options), one.sha256) for one in store.plugins() if one.kind == SET_METRICS.kind
    ]
    digest = sha256(json.dumps(metrics, sort_keys=True).encode())
    digest.update(
        hash_pandas_object(scores[["cell", "budget", "image", "best_reward"]], index=False).to_numpy().tobytes()
    )
    return digest.hexdigest()


def _rows(
    scores: pd.DataFrame, label: str, options: Mapping[str, Any], run: Path, device: "torch.device"
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


def _load(run: Path, paths: list[str], device: "torch.device", whose: str = "") -> "Tensor":
    import torch

    if not paths:
        raise ValueError(f"there are no images{whose}")
    arrays = [np.asarray(Image.open(run / path).convert("RGB")) for path in paths]
    return torch.from_numpy(np.stack(arrays)).movedim(-1, 1).to(device)


def _finite(value: float) -> float:
    if not isfinite(value):
        raise ValueError(f"its value is {value}")
    return value
