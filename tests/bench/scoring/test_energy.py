import pytest
import torch
from scipy.stats import energy_distance as by_scipy

from bench.scoring.energy import energy_distance


def normal(n, d, seed, shift=0.0):
    return shift + torch.randn(n, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_value_is_scipys_in_one_dimension():
    """Scipy's is the square root of the biased form of the same, which counts each point with itself."""
    x, y = normal(40, 1, 0), normal(60, 1, 1, shift=0.5)
    biased = 2 * torch.cdist(x, y).mean() - torch.cdist(x, x).mean() - torch.cdist(y, y).mean()
    assert float(biased) == pytest.approx(by_scipy(x[:, 0], y[:, 0]) ** 2)
    own = float(torch.cdist(x, x).mean()) / 39 + float(torch.cdist(y, y).mean()) / 59
    assert energy_distance(x, y)[0] == pytest.approx(float(biased) - own)


@pytest.mark.parametrize("shift", [0.0, 0.7])
def test_standard_error_is_the_spread_of_repetitions(shift):
    found = torch.tensor(
        [energy_distance(normal(50, 2, seed), normal(80, 2, seed + 999, shift)) for seed in range(300)]
    )
    values, errors = found.unbind(1)
    assert float(errors.mean()) == pytest.approx(float(values.std()), rel=0.35 if shift == 0 else 0.15)
    if shift == 0:
        assert abs(float(values.mean())) < 3 * float(values.std()) / 300**0.5


def test_too_few_points_are_refused():
    with pytest.raises(ValueError, match="at least 3 points"):
        energy_distance(torch.zeros(2, 2), torch.zeros(9, 2))
