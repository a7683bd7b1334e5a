"""The toys of DAS: data against closed forms, the committed weights against the data, the published recipe in small."""

from math import pi

import pytest
import torch

from bench.analysis.published.entries import find_published
from bench.errors import InputError
from bench.models.das_toy import DasToy, weights_of
from bench.models.das_toy.data import DATA
from bench.models.das_toy.train import train
from bench.models.mixture.presets import das_gmm_1, das_gmm_2
from bench.output.reproduce import suite_of
from bench.registry import MODELS, REWARDS
from bench.scoring.quadratic import QuadraticForm
from tests.support.problems import make_problem

CPU = torch.device("cpu")
TURNS = (4.5**3 - 1.5**3) * pi**2 / 9  # E t^2 of t uniform in [1.5 pi, 4.5 pi]
SQUARES = {"gmm-1": 2 * (32 / 3 + 0.3), "gmm-2": 16 + 2 * 0.3, "swiss-roll": TURNS / 4 + 3 + 3 * 0.09}


def drawn(name, n=100_000):
    return DATA[name].draw(n, seed=7)


@pytest.mark.parametrize("name", DATA)
def test_data_lie_as_far_out_as_their_formula_says(name):
    assert float(drawn(name).square().sum(1).mean()) == pytest.approx(SQUARES[name], rel=0.02)


@pytest.mark.parametrize("name", DATA)
def test_committed_weights_draw_the_data(name):
    """Squared coordinates of samples and data: a small network trained shortly is near, not exact."""
    assert weights_of(name).stat().st_size <= 1e5
    problem = make_problem(DasToy(data=name).load(CPU), "quadratic", "points")
    with torch.no_grad():
        samples = problem.generate(problem.draw_noise(2000))
    torch.testing.assert_close(samples.square().mean(0), drawn(name).square().mean(0), rtol=0.15, atol=0)


def test_training_learns_and_begins_from_its_seed():
    losses, others = [], []
    train("gmm-1", 4, seed=0, watch=lambda epoch, loss: losses.append(loss))
    train("gmm-1", 1, seed=1, watch=lambda epoch, loss: others.append(loss))
    assert losses == sorted(losses, reverse=True)
    assert losses[0] != others[0]


def test_senseless_options_are_refused():
    with pytest.raises(InputError, match="gmm-1"):
        MODELS.get("das-toy").create({"data": "gmm-3"})
    with pytest.raises(InputError, match=r"eta must be in \[0, 1\]"):
        DasToy(eta=2)


def test_three_coordinates_have_a_reward():
    reward = REWARDS.get("quadratic").create({"curvatures": [0.01, 0.01, 1.0]})
    torch.testing.assert_close(reward(torch.tensor([[1.0, 2.0, 3.0]]), [""]), torch.tensor([-9.05]))


def test_every_published_value_has_a_cell_and_the_truth_is_the_closed_form():
    """GMM 1's and GMM 2's tilted target from the mixture's own formulas."""
    published = find_published("das-toy")
    suite_of(published)
    for name, mixture, form in (
        ("GMM 1", das_gmm_1(), QuadraticForm(*torch.tensor([[0.0, 0.0], [0.01, 1.0], [0.0, 0.0]]).double())),
        ("GMM 2", das_gmm_2(), QuadraticForm(*torch.tensor([[0.0, 0.0], [1.0, 0.1], [0.0, 1.0]]).double())),
    ):
        truths = {curve.quantity: curve.truth[0] for curve in published.entry.curves if curve.quantity.startswith(name)}
        assert mean(form, mixture) == pytest.approx(truths.pop(f"{name}, trained model"), abs=1e-3)
        assert [mean(form, mixture.tilted(form, 1.0))] * len(truths) == pytest.approx(list(truths.values()), abs=1e-3)


def mean(form, mixture):
    squares = (mixture.means - form.centre).square() + mixture.covariances.diagonal(dim1=1, dim2=2)
    return -float(mixture.weights @ squares @ form.curvatures)
