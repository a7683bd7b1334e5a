"""What budgets are counted in, and how that is written."""

UNITS = {"seconds": "s", "denoiser_evals": "evaluations", "reward_calls": "reward calls"}


def budget_text(budget: float, unit: str) -> str:
    """Write a budget, as in `15 s` or `500 evaluations`."""
    return f"{budget:g} {UNITS[unit]}"
