import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def make_scores():
    """Scores from `{method: values}`, the values prompts x seeds x budgets; NaN is a failed cell."""

    def make(values, budgets=(5.0, 15.0), **keys):
        rows = []
        for method, array in values.items():
            for (prompt, seed, point), value in np.ndenumerate(np.asarray(array, dtype=float)):
                rows.append(
                    {
                        "run": "r",
                        "cell": f"{method}-{prompt}-{seed}",
                        "model": "emoji",
                        "method": method,
                        "prompt": f"p{prompt}",
                        "reward": "darkness",
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
                        "status": "failed" if np.isnan(value) else "ok",
                        "image": "",
                        "held-out/brightness": -value,
                        "support-distance": 0.1 + value,
                        "noise-probability": 0.5,
                        "noise-probability/log-p1": -3.0,
                        **keys,
                    }
                )
        return pd.DataFrame(rows)

    return make


@pytest.fixture
def scores(make_scores):
    """base below best-of-n below dno, which fails once; two prompts, one seed, 5 s and 15 s."""
    return make_scores(
        {
            "base": [[[0.0, 0.0]], [[0.1, 0.1]]],
            "best-of-n": [[[0.2, 0.3]], [[0.3, 0.4]]],
            "dno": [[[0.1, 0.6]], [[np.nan, 0.8]]],
        }
    )
