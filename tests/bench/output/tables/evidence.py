"""Small evidence for tables, made of arrays."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from bench.analysis.published.compare import compare_tables
from bench.analysis.targets import declared_ladder
from bench.output.tables.main import main_tables
from bench.store.columns import GPU
from bench.store.plugins import PluginRecord
from bench.store.sets import COLUMNS

HOSTILE = "a_b & <script>"
NAN = np.nan
VALUES = {
    "base": [[[0.0, 0.1]], [[0.1, 0.1]], [[-0.1, 0.0]], [[0.0, 0.2]]],
    HOSTILE: [[[0.2, 0.3]], [[0.3, 0.4]], [[0.1, 0.2]], [[0.2, 0.6]]],
    "dno": [[[0.1, 0.6]], [[NAN, NAN]], [[0.3, 0.3]], [[NAN, 1.0]]],
}
SETTINGS = {"base": "base", HOSTILE: "dno", "dno": "dno"}
DIRECTIONS = {"best_reward": 1, "support-distance": -1, "noise-probability": 1, "clip-diversity": 1, "fid": -1}
TARGETS = {"darkness": [0.1, 0.3, 0.5, 0.9], "brightness": [0.2]}
PUBLISHED = pd.DataFrame(
    {
        "id": "some-table",
        "source": "A paper (2026), Table 1; of 40 prompts (some-table)",
        "row": ["SD & co", "DNO", "DNO"],
        "model": "emoji",
        "steps": NAN,
        "reward": ["darkness", "darkness", "brightness"],
        "method": ["", HOSTILE, "dno"],
        "budget_unit": "",
        "budget": NAN,
        "published": [0.05, 1.9, 0.5],
        "published_se": NAN,
        "tolerance": 0.05,
    }
)


def score_rows(values, budgets=(5.0, 15.0), **keys):
    """Scores from `{method: values}`, the values prompts x seeds x budgets.

    NaN at all budgets is a failed cell, NaN at some one without a score by then.
    """
    rows = []
    for method, array in values.items():
        array = np.asarray(array, dtype=float)
        for (prompt, seed, point), value in np.ndenumerate(array):
            unscored = "failed" if np.isnan(array[prompt, seed]).all() else "none"
            rows.append(
                {
                    "run": "r",
                    "cell": f"{method}-{prompt}-{seed}",
                    "model": "emoji",
                    "method": method,
                    "prompt": f"p{prompt}",
                    "reward": "darkness",
                    "task_budget": f"{budgets[-1]:g}s",
                    "seed": seed,
                    "budget": budgets[point],
                    "budget_unit": "seconds",
                    "best_reward": value,
                    "last_reward": value,
                    "seconds": 4.9,
                    "denoiser_evals": 1234,
                    "decodes": 1,
                    "reward_calls": 1,
                    "backward_evals": 0,
                    "peak_memory_mb": 812.3,
                    "compile_seconds": np.nan,
                    "status": unscored if np.isnan(value) else "ok",
                    "image": "",
                    **dict.fromkeys([*GPU, "cpu_share", "step_speed", "contended"], NAN),
                    "held-out/brightness": -value,
                    "support-distance": 0.1 + value,
                    "noise-probability": 0.5,
                    "noise-probability/log-p1": -3.0,
                    **keys,
                }
            )
    return pd.DataFrame(rows)


def curve_rows(scores):
    """Events at a second before each budget that has a score."""
    events = scores[scores["best_reward"].notna()]
    counts = {"seconds": events["budget"] - 1, "step": events.groupby(["reward", "cell"]).cumcount()}
    return events.assign(**counts, current_reward=events["best_reward"], mean_reward=events["best_reward"])


def main_of(scores, families=None, reference=""):
    """The main tables; without families methods stand by name, without a reference values have their own intervals."""
    return main_tables(scores, DIRECTIONS, families or {}, reference)


def evidence_of(scores, published=PUBLISHED, sets=None):
    """All that tables are made of, from `scores`."""
    return SimpleNamespace(
        scores=scores,
        runs={},
        curves=curve_rows(scores),
        sets=pd.DataFrame(columns=COLUMNS) if sets is None else sets,
        published=compare_tables(published, scores, {}),
        comparison=pd.DataFrame(columns=["id"]),
        ladder=declared_ladder(scores, TARGETS),
        anchors={"darkness": (0, 1)},
        directions=DIRECTIONS,
        reference="base" if "base" in set(scores["method"]) else "",
        plugins=[PluginRecord("method", name, of, {}, {}, "", "") for name, of in SETTINGS.items()],
        families={"base": "baseline", HOSTILE: "search", "dno": "noise optimisation"},
    )


def golden_scores():
    """Two rewards, one of them without dno; a failed cell and one that has not run yet."""
    brightness = score_rows({name: VALUES[name] for name in ("base", HOSTILE)}, reward="brightness")
    left = (brightness["method"] == HOSTILE) & (brightness["prompt"] == "p3")
    brightness.loc[left, ["best_reward", "last_reward", "support-distance", "noise-probability"]] = NAN
    brightness.loc[left, "status"] = "missing"
    return pd.concat([score_rows(VALUES), brightness], ignore_index=True)
