"""Labels that a metric may not have: its values stand in tables beside columns of other names."""

from bench.errors import InputError

RESERVED = frozenset([
    "run", "cell", "model", "method", "prompt", "reward", "seed", "task_budget", "budget", "budget_unit", "step",
    "status", "image", "seconds", "denoiser_evals", "decodes", "reward_calls", "backward_evals", "peak_memory_mb",
    "compile_seconds", "pace", "device_busy", "sm_busy", "energy_joules", "cpu_seconds", "cpu_share", "step_seconds",
    "step_speed", "contended",
    "best_reward", "last_reward", "current_reward", "mean_reward", "held-out", "info", "metric", "value", "quantity",
    "best_batch", "mean", "low", "high", "n", "n_prompts", "n_failed", "n_none", "n_missing", "score", "distance", "se",
])  # fmt: skip
"""Columns of the store, and of the tables that are computed from them."""


def check_metric_label(label: str) -> None:
    """Refuse the label of a metric that would be taken for another column.

    Raises:
        InputError: it is reserved, or has the slash that separates a metric from its parts.
    """
    another = "give it another with `use`, as in `my-label: {use: METRIC}`"
    if label in RESERVED:
        raise InputError(f"the metric label {label!r} is a column of the tables; {another}")
    if "/" in label:
        raise InputError(f"the metric label {label!r} has a slash, which marks a part of a metric; {another}")
