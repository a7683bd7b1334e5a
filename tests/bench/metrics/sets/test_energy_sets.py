"""Distance of sets of points to a mixture and to its tilted target, which are known exactly."""

from dataclasses import dataclass

import pytest
import torch

from bench.errors import InputError
from bench.models.mixture import Mixture
from bench.models.mixture.target import draw_target
from bench.models.ring import Ring
from bench.registry import REWARDS, SET_METRICS, SetTask
from bench.scoring.energy import energy_distance

MIXTURE = Mixture()
QUADRATIC = REWARDS.get("quadratic").create({})
MANY = 1500


@dataclass(frozen=True)
class Opaque:
    """A reward that does not say what form it has."""

    reward: object

    def __call__(self, samples, prompts):
        return self.reward(samples, prompts)


def drawn(distribution, n=MANY, seed=1):
    return distribution.draw(n, torch.Generator().manual_seed(seed)).float()


def measured(name, points, reward=QUADRATIC, model=MIXTURE, **options):
    return SET_METRICS.get(name).create(options)(points, SetTask(model, reward, ""))


def tilted(temperature=1.0):
    mixture = MIXTURE.distribution()
    return mixture.tilted(QUADRATIC.form(mixture.means), temperature)


def target(reward, temperature=1.0, n=MANY, prompt=""):
    return draw_target(MIXTURE.distribution(), reward, prompt, temperature, n, torch.Generator().manual_seed(2))


def test_draws_of_a_distribution_have_no_distance_to_it_and_others_have():
    of_p, of_target = drawn(MIXTURE.distribution()), drawn(tilted())
    for name, own, other in (
        ("energy-distance", of_p, of_target),
        ("energy-distance-target", of_target, of_p),
    ):
        value, error = measured(name, own)
        assert abs(value) < 4 * error < 0.2
        value, error = measured(name, other)
        assert value > 10 * error


def test_distance_of_one_place_by_hand():
    """Points on the mean of a single Gaussian in one dimension: 2 E|Y| - E|Y - Y'| = s (2 sqrt(2) - 2) / sqrt(pi)."""
    model = Mixture(means=((3.0,),), covariances=4.0)
    value, _ = measured("energy-distance", torch.full((5, 1), 3.0), model=model)
    assert value == pytest.approx(2 * (8**0.5 - 2) / torch.pi**0.5, abs=0.06)


def test_the_target_is_that_of_the_temperature():
    cold = drawn(tilted(0.1))
    near, error = measured("energy-distance-target", cold, temperature=0.1)
    assert abs(near) < 4 * error
    far, error = measured("energy-distance-target", cold)
    assert far > 10 * error


def test_weighted_draws_are_of_the_closed_form():
    value, error = energy_distance(target(Opaque(QUADRATIC)), target(QUADRATIC))
    assert abs(value) < 4 * error


def test_a_clamped_or_stepwise_reward_is_weighted():
    clamped = REWARDS.get("quadratic").create({"largest_square": 2.0})
    value, error = energy_distance(target(clamped), target(QUADRATIC))
    assert value > 4 * error  # beyond the clamp nothing is lost any more
    shells = REWARDS.get("shells").create({"width": 2.0})
    gain = shells(target(shells).float(), []).mean() - shells(drawn(MIXTURE.distribution()), []).mean()
    assert float(gain) > 0.5


def test_a_reward_is_told_the_prompt_of_the_set():
    told = []

    def reward(samples, prompts):
        told.extend(prompts[:2])
        return samples[:, 0]

    target(reward, prompt="a point", n=10)
    assert told == ["a point", "a point"]


def test_what_has_no_target_is_said():
    with pytest.raises(ValueError, match=r"of 200000 weighted draws \d+ count, 1500 are needed"):
        target(Opaque(QUADRATIC), temperature=1e-4)
    grows = REWARDS.get("quadratic").create({"curvatures": -5.0})
    with pytest.raises(ValueError, match="no integral"):
        measured("energy-distance-target", drawn(tilted(), 5), reward=grows)
    with pytest.raises(ValueError, match="at least 3 points"):
        measured("energy-distance", drawn(tilted(), 2))
    with pytest.raises(ValueError, match="not known in closed form"):
        measured("energy-distance", drawn(tilted(), 5), model=Ring())


def test_a_senseless_temperature_is_refused():
    with pytest.raises(InputError, match="temperature must be positive, got 0"):
        SET_METRICS.get("energy-distance-target").create({"temperature": 0})
