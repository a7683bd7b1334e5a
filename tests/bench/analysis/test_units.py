import pytest

from bench.analysis.units import budget_text


@pytest.mark.parametrize(
    ("budget", "unit", "text"),
    [(15.0, "seconds", "15 s"), (0.5, "seconds", "0.5 s"), (500.0, "denoiser_evals", "500 evaluations")],
)
def test_budgets_read_like_speech(budget, unit, text):
    assert budget_text(budget, unit) == text
