"""What whole sets of samples are worth, after a run: from what it stored of them, so that it can be measured again."""

import json
from collections.abc import Iterator
from hashlib import sha256
from math import isfinite, nan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from pandas.util import hash_pandas_object

from bench.errors import note
from bench.registry import MODELS, REWARDS, SET_METRICS, SetTask
from bench.store.columns import BASELINE, GROUP
from bench.store.files import write_atomically
from bench.store.folder import RunStore
from bench.store.samples import STORED, Stored
from bench.store.tables import read_scores
from bench.suite.cell import create, plugin
from bench.suite.merging import labels
from bench.suite.suite import Suite
from bench.weights.source import Missing

if TYPE_CHECKING:
    import torch
    from torch import Tensor

COLUMNS = ["run", *GROUP, "prompt", "metric", "value", "se", "n"]
"""A row a set and metric: `prompt` is empty where the set spans all prompts, `n` counts its samples, `value` is empty
where the metric is missing, and `se`, the standard error of the value, also where the metric gives none."""
SETS, STAMP = "sets.csv", "sets.stamp"
_NUMBERS = ("budget", "value", "se", "n")
_NOTHING = {"value": [""], "se": [""]}


def measure_sets(store: RunStore, device: "torch.device") -> None:
    """Write `sets.csv`: each set metric of the suite on each of the run's sets of samples; replaces an earlier one."""
    scores, suite = read_scores(store.path), store.suite()
    made_from = _made_from(store, scores)
    rows = [row for label in suite.set_metrics for row in _rows(store, scores, suite, label, device)]
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
    # A prompt may be "None", "nan" or "007"; only a number can be missing.
    texts = dict.fromkeys(set(COLUMNS) - set(_NUMBERS), str)
    return pd.read_csv(run / SETS, dtype=texts, keep_default_na=False, na_values=_NOTHING)


def _made_from(store: RunStore, scores: pd.DataFrame) -> str:
    """A digest of what is measured and by what: not of times or names, so that a copied run keeps its sets."""
    metrics = [
        (one.label, one.name, dict(one.options), one.sha256) for one in store.plugins() if one.kind == SET_METRICS.kind
    ]
    digest = sha256(json.dumps([COLUMNS, metrics], sort_keys=True).encode())
    digest.update(
        hash_pandas_object(scores[["cell", "budget", "image", "best_reward"]], index=False).to_numpy().tobytes()
    )
    return digest.hexdigest()


def _rows(
    store: RunStore, scores: pd.DataFrame, suite: Suite, label: str, device: "torch.device"
) -> Iterator[dict[str, Any]]:
    options = suite.set_metrics[label]
    metric, facts = create(SET_METRICS, label, options), plugin(SET_METRICS, label, options).facts
    stored = STORED[facts.media[0]]
    why: dict[str, None] = {}
    for keys, rows, base in _sets(scores, facts.against_base):
        value = error = nan
        found = stored.find(store, rows)
        try:
            told: list[Any] = [_read(store, stored, found, device)]
            if facts.against_base:
                told.append(_read(store, stored, stored.find(store, base), device, " of `base`"))
            if facts.told_task:
                told.append(_task(suite, keys))
            value, error = _estimate(metric(*told))
        except Missing:  # said before the run began
            pass
        except Exception as problem:  # a metric that cannot judge a set is missing, not fatal
            why[str(problem)] = None
        yield {"run": store.path.name, **keys, "metric": label, "value": value, "se": error, "n": len(found)}
    if why:
        note(f"set metric {label!r} is missing for some sets: {'; '.join(why)}")


def _sets(scores: pd.DataFrame, against_base: bool) -> Iterator[tuple[dict[str, Any], pd.DataFrame, pd.DataFrame]]:
    """The keys of each set, the rows that have its samples, and those of `base` at the same point."""
    by = GROUP if against_base else [*GROUP, "prompt"]
    sets = {values: rows[rows["status"] == "ok"] for values, rows in scores.groupby(by)}
    for values, rows in sets.items():
        keys = {"prompt": "", **dict(zip(by, values, strict=True))}
        if not against_base:
            yield keys, rows, rows.iloc[:0]
        elif keys["method"] != BASELINE:
            yield keys, rows, sets.get((*values[:-1], BASELINE), rows.iloc[:0])


def _read(store: RunStore, stored: Stored, found: list[Any], device: "torch.device", whose: str = "") -> "Tensor":
    if not found:
        raise ValueError(f"there are no {stored.noun}{whose}")
    return stored.read(store.path, found).to(device)


def _task(suite: Suite, keys: dict[str, Any]) -> SetTask:
    """What the set of these keys was made by and for."""
    known, model, reward = labels(suite), keys["model"], keys["reward"]
    made = create(MODELS, model, known["models"][model]), create(REWARDS, reward, known["rewards"][reward])
    return SetTask(*made, keys["prompt"])


def _estimate(found: float | tuple[float, float]) -> tuple[float, float]:
    """The value and its standard error, NaN where the metric gives none."""
    value, error = found if isinstance(found, tuple) else (found, nan)
    if not isfinite(value):
        raise ValueError(f"its value is {value}")
    return value, error
