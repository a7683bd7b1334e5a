import numpy as np
import pandas as pd
import pytest
from PIL import Image

BUDGETS = (2.0, 5.0, 10.0)
COUNTERS = ("denoiser_evals", "decodes", "reward_calls", "backward_evals")
BLUE = 64


def _level(number, when):
    return (number + 1) * (1 - np.exp(-when / 5))


@pytest.fixture(scope="session")
def make_store(tmp_path_factory):
    """A run folder of smooth rewards, with images of one colour: `(scores, curves, folder)`."""

    def make(methods, rewards=("darkness",), prompts=("a cat", "a dog"), seeds=2, failed=()):
        folder = tmp_path_factory.mktemp("run")
        scores, curves = [], []
        for number, method in enumerate(methods):
            for reward in rewards:
                for place, prompt in enumerate(prompts):
                    for seed in range(seeds):
                        keys = {
                            "run": "r", "cell": "c", "model": "m", "method": method,
                            "prompt": prompt, "reward": reward, "task_budget": "10s", "seed": seed,
                        }  # fmt: skip
                        broken = (method, prompt, seed) in failed
                        shift = 0.1 * place + 0.05 * seed
                        scores += [_score(keys, number, b, shift, broken, folder) for b in BUDGETS]
                        curves += [] if broken else _events(keys, number, shift)
        return pd.DataFrame(scores), pd.DataFrame(curves), folder

    return make


def _score(keys, number, budget, shift, broken, folder):
    value = np.nan if broken else _level(number, budget) + shift
    name = f"{number}-{budget}.png"
    Image.new("RGB", (32, 32), (10 * number, int(20 * budget), BLUE)).save(folder / name)
    return {
        **keys, "budget": budget, "budget_unit": "seconds", "best_reward": value, "last_reward": value,
        "seconds": budget, **dict.fromkeys(COUNTERS, 50), "peak_memory_mb": 100.0 * (1 + number),
        "compile_seconds": np.nan,
        "status": "failed" if broken else "ok", "image": None if broken else name,
        "adherence": value / 100, "support-distance": value / 10,
    }  # fmt: skip


def _events(keys, number, shift):
    times = np.arange(1, 11) * (1 + 0.01 * number)
    return [
        {**keys, "step": step, "seconds": when, **dict.fromkeys(COUNTERS, 50 * (step + 1)),
         "current_reward": _level(number, when) + shift, "best_reward": _level(number, when) + shift}
        for step, when in enumerate(times)
    ]  # fmt: skip
