"""Line searches along functions of one number, where the conditions can be checked directly."""

import math

import pytest
import torch

from bench.sampling.line_search import Trial, cubic_minimum, strong_wolfe
from tests.support.generators import ended

FUNCTIONS = {
    "parabola": lambda x: (x - 3).square(),
    "quartic": lambda x: (x - 3) ** 4 + x.square(),
    "waves": lambda x: x.square() / 50 - torch.sin(3 * x),
    "beyond its minimum it hardly rises": lambda x: -x / (x.square() + 2),  # Moré & Thuente 1994, eq. 5.1
    "at first it hardly falls": lambda x: (x + 0.2) ** 5 - 2 * (x + 0.2) ** 4,  # eq. 5.2, of a larger beta
}


def searched(function, step, longest=math.inf):
    """The trial at 0, the one that was found, and the steps that were tried."""
    tried = []

    def evaluate(x):
        tried.append(float(x))
        x = x.detach().requires_grad_()
        value = function(x).sum()
        yield
        return value.item(), torch.autograd.grad(value, x)[0]

    start, direction = torch.zeros(1, dtype=torch.float64), torch.ones(1, dtype=torch.float64)
    value, gradient = ended(evaluate(start))
    tried.clear()
    here = Trial(0.0, value, float(gradient), gradient)
    return here, ended(strong_wolfe(evaluate, start, direction, here, step, longest)), tried


@pytest.mark.parametrize("step", [1e-3, 0.1, 1.0, 10.0, 1e3])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_step_fulfils_the_strong_wolfe_conditions(name, step):
    here, found, tried = searched(FUNCTIONS[name], step)
    assert found.value <= here.value + 1e-4 * found.step * here.slope
    assert abs(found.slope) <= 0.9 * abs(here.slope)
    assert len(tried) < 20
    assert found.step == tried[-1]


def test_no_step_is_longer_than_allowed_where_the_descent_has_no_end():
    for first in (1e-3, 1e3):
        _, found, tried = searched(lambda x: -x, first, longest=7.0)
        assert found.step == max(tried) == 7


@pytest.mark.parametrize("step", [3.0, 10.0, 30.0])
def test_a_wall_is_approached_though_the_cubic_hugs_the_other_end(step):
    """Nothing there is flat: the best of all evaluations is what is found."""
    _, found, tried = searched(lambda x: -x + 3e3 * (x - 1).clamp_min(0), step)
    assert 0.95 < found.step <= 1
    assert len(tried) == 25


def test_where_no_step_leads_down_none_is_made():
    """The slope is a lie, as where rounding decides the values."""
    here, found, tried = searched(lambda x: x.detach() - 1e-3 * x + 1e-3 * x.detach(), 1.0)
    assert here.slope < 0
    assert found is here
    assert len(tried) <= 25


@pytest.mark.parametrize(("one", "other"), [(0.0, 2.0), (2.0, 0.0), (0.5, 1.5), (-0.5, 0.8)])
def test_a_cubic_is_met_at_its_minimum(one, other):
    """The minimum of x^3 - 3 x is at 1."""
    ends = [Trial(x, x**3 - 3 * x, 3 * x**2 - 3, torch.zeros(1)) for x in (one, other)]
    assert cubic_minimum(*ends, -5, 5) == pytest.approx(1)
    assert cubic_minimum(*ends, -5, 0.9) == 0.9
    assert cubic_minimum(*ends, 1.1, 5) == 1.1


def test_a_line_has_no_minimum():
    ends = [Trial(x, -x, -1.0, torch.zeros(1)) for x in (0.0, 1.0)]
    assert cubic_minimum(*ends, 1.0, 10.0) == 5.5
