"""Every column of the store once."""

KEYS = ["run", "cell", "model", "method", "prompt", "reward", "seed"]
"""Which cell a row is of."""
COUNTERS = ["seconds", "denoiser_evals", "decodes", "reward_calls", "backward_evals"]
"""What had been spent by the moment that a row speaks of."""
CURVES = [*KEYS, "step", *COUNTERS, "current_reward", "mean_reward", "best_reward"]
SCORES = [
    *KEYS, "budget", "budget_unit", "best_reward", "last_reward", *COUNTERS, "peak_memory_mb", "status", "image",
]  # fmt: skip

TASK = ["model", "reward"]
POINT = [*TASK, "budget_unit", "budget"]
GROUP = [*POINT, "method"]
PAIR = ["prompt", "seed"]
BASELINE = "base"
"""The method that others are measured against, and whose value a cell without a score takes."""
