import pytest
import torch

from bench.models.mixture import Mixture
from bench.registry import METRICS


def columns(points, **options):
    return METRICS.get("mixture-distance").create(options)(points, [""] * len(points), None)


@pytest.mark.parametrize("preset", ["das-gmm-1", "gmm-64"])
def test_draws_lie_at_distance_one_and_anywhere_in_the_tail(preset):
    drawn = Mixture(preset=preset).distribution().draw(2000, torch.Generator().manual_seed(1))
    found = columns(drawn, preset=preset)
    assert float(found["mixture-distance"].square().mean()) == pytest.approx(1, abs=0.1)
    tail = found["mixture-distance-tail"].sort().values
    even = (torch.arange(2000) + 0.5) / 2000
    assert float((tail - even).abs().max()) < 0.05  # Kolmogorov-Smirnov


def test_distance_by_hand():
    point = torch.tensor([[4.0, 4.0 + 3 * 0.3**0.5]])
    found = columns(point)
    assert float(found["mixture-distance"]) == pytest.approx(3 / 2**0.5)
    assert float(found["mixture-distance-tail"]) == pytest.approx(0.0111, abs=0.004)  # exp(-9 / 2) of a round component


def test_points_of_another_dimension_are_refused():
    with pytest.raises(ValueError, match="2 coordinates, the points 3"):
        columns(torch.zeros(1, 3))
