import numpy as np
import pandas as pd
import pytest

from bench.store.columns import GPU

COUNTERS = ("seconds", "denoiser_evals", "decodes", "reward_calls", "backward_evals")


def _row(method, prompt, seed, budget, value, status, keys):
    scored = status == "ok"
    value = value if scored else np.nan
    return {
        "run": "r", "cell": f"{method}-{prompt}-{seed}",
        "model": "m", "method": method, "prompt": f"p{prompt}",
        "reward": "darkness", "task_budget": "10s", "seed": seed,
        "budget": budget, "budget_unit": "seconds", "best_reward": value,
        "last_reward": value - 1, **dict.fromkeys(COUNTERS, budget if scored else np.nan),
        "peak_memory_mb": 100.0 + prompt, "compile_seconds": np.nan, "status": status, "image": "",
        "pace": "H100, torch 2.13.0", **dict.fromkeys([*GPU, "cpu_share", "step_speed", "contended"], np.nan),
        "support-distance": 2 * value, "held-out/brightness": -value, **keys,
    }  # fmt: skip


@pytest.fixture
def make_scores():
    """Scores from `{method: values}`: prompts x seeds, or prompts x seeds x budgets; NaN is a `gap`."""

    def make(values, budgets=(10.0,), gap="failed", **keys):
        rows = []
        for method, array in values.items():
            array = np.asarray(array, dtype=float)
            array = array[..., None] if array.ndim == 2 else array
            for (prompt, seed, point), value in np.ndenumerate(array):
                status = gap if np.isnan(value) else "ok"
                rows.append(_row(method, prompt, seed, budgets[point], value, status, keys))
        return pd.DataFrame(rows)

    return make


@pytest.fixture
def make_curves():
    """Events from `{(method, prompt, seed): [(seconds, best reward), ...]}`, ten evaluations each."""

    def make(events, **keys):
        rows = []
        for (method, prompt, seed), steps in events.items():
            for step, (seconds, best) in enumerate(steps):
                counts = dict.fromkeys(COUNTERS, 10 * (step + 1))
                row = _row(method, prompt, seed, 0, best, "ok", keys) | counts
                rows.append(row | {"seconds": seconds, "step": step, "current_reward": best})
        columns = ["run", "cell", "model", "method", "prompt", "reward", "task_budget", "seed", "step", *COUNTERS]
        return pd.DataFrame(rows)[[*columns, "current_reward", "best_reward"]]

    return make
