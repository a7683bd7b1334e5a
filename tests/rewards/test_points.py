"""The rewards of points."""

import pytest
import torch

from bench.errors import InputError
from bench.registry import REWARDS

POINTS = torch.tensor([[1.0, 2.0], [-3.0, 0.5]])


def scores(name, **options):
    return REWARDS.get(name).create(options)(POINTS, ["", ""])


def test_linear():
    torch.testing.assert_close(scores("linear", slope=[2.0, -1.0]), torch.tensor([0.0, -6.5]))
    torch.testing.assert_close(scores("linear"), POINTS.sum(1))


def test_quadratic_of_both_of_dass_mixtures():
    torch.testing.assert_close(scores("quadratic"), torch.tensor([-1 / 100 - 4, -9 / 100 - 0.25]))
    second = scores("quadratic", curvatures=[1.0, 0.1], centre=[0.0, 1.0])
    torch.testing.assert_close(second, torch.tensor([-1 - 0.1, -9 - 0.025]))


def test_squares_may_be_clamped():
    torch.testing.assert_close(scores("quadratic", largest_square=2.0), torch.tensor([-1 / 100 - 2, -2 / 100 - 0.25]))
    with pytest.raises(InputError, match="largest_square must be positive"):
        scores("quadratic", largest_square=0.0)


def test_shells_count_whole_widths():
    assert scores("shells", width=0.5).tolist() == [-4, -6]
    assert scores("shells", centre=[1.0, 2.0]).tolist() == [0, -8]


def test_another_number_of_coordinates_is_refused():
    with pytest.raises(ValueError, match="3 numbers, the points have 2 coordinates"):
        scores("linear", slope=[1.0, 2.0, 3.0])
