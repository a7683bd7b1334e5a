import pytest

from tests.bench.output.tables.evidence import score_rows


@pytest.fixture
def make_scores():
    """Scores from `{method: values}`, the values prompts x seeds x budgets; see `score_rows`."""
    return score_rows


@pytest.fixture
def scores():
    """base below best-of-n below dno, which has nothing once; two prompts, one seed, 5 s and 15 s.

    At 15 s each is ahead of the next by the same on both prompts, which resolves it.
    """
    return score_rows(
        {
            "base": [[[0.0, 0.0]], [[0.1, 0.1]]],
            "best-of-n": [[[0.2, 0.3]], [[0.3, 0.4]]],
            "dno": [[[0.1, 0.65]], [[float("nan"), 0.75]]],
        }
    )
