"""Samplers that claim the tilted target p(x) exp(r(x) / temperature), on a mixture where it is known.

The oracle is the discretised sampler's own distribution, tilted: base samples weighted by exp(r / temperature).
"""

import itertools
import math
import statistics
from functools import cache

import pytest
import torch

from bench.problem import seeded_problem
from bench.registry import METHODS, MODELS, REWARDS
from bench.sampling.temperature import measured
from bench.testing.gaussian import toy_problem
from tests.support.generators import ended

STEPS, PARTICLES, POPULATIONS, TEMPERATURE = 25, 1500, 6, 3.0
CLAIMS = [
    ("fk-steering", {"potential": "diff"}),
    ("fk-steering", {"potential": "max"}),
    ("fk-steering", {"potential": "add"}),
    ("fk-steering", {"potential": "rt"}),
    ("fk-steering", {"potential": "diff", "adaptive": True, "every": 0.04, "first": 0.0, "last": 1.0}),
    ("das", {}),
    ("das", {"resampling": "systematic", "tempering": 3.0}),
    ("tds", {}),
    ("tds", {"threshold": 0.5}),
]
CLAIMS_ON_FLOW = [
    ("fk-steering", {"potential": "diff"}),
    ("fk-steering", {"potential": "diff", "adaptive": True}),
    ("das", {"tempering": 1.0}),
    ("tds", {}),
]


def problem(seed, schedule="ddim"):
    reward = REWARDS.get("quadratic").create({})
    return seeded_problem(model(schedule), reward, "", seed, model_name="mixture", method_name="test")


@cache
def model(schedule="ddim"):
    return MODELS.get("mixture").create({"steps": STEPS, "schedule": schedule}).load(torch.device("cpu"))


@cache
def oracle(schedule="ddim"):
    """Mean reward and shares of the components under the base sampler's distribution, tilted."""
    here = problem(0, schedule)
    noise = torch.randn(40_000, STEPS + 1, 2, generator=torch.Generator().manual_seed(1))
    samples = here.generate(noise)
    return weighted(samples, here.reward(samples), here.reward(samples) / TEMPERATURE)


def weighted(samples, rewards, log_weights):
    weights = log_weights.double().softmax(0)
    shares = model().mixture.responsibilities(samples).double()
    return torch.cat([(weights * rewards).sum()[None], weights @ shares])


def population(method, seed, schedule="ddim"):
    here = problem(seed, schedule)
    generator = torch.Generator().manual_seed(seed)
    # All at once: the stream that methods share has a generator for each of thousands of noises.
    here.draw_noise = lambda n: torch.randn(n, *here.noise_shape, generator=generator)
    return ended(method.trajectory(here, TEMPERATURE, here.draw_noise(method.particles)))


def estimates(name, options, particles=PARTICLES, weigh=True, schedule="ddim"):
    method = METHODS.get(name).create({"temperature": TEMPERATURE, "particles": particles, **options})
    rows = []
    for seed in range(POPULATIONS):
        found = population(method, seed, schedule)
        weights = found.log_weights if weigh else torch.zeros(particles)
        rows.append(weighted(found.candidates.samples, found.candidates.rewards, weights))
    return torch.stack(rows)


def misses(rows, schedule="ddim"):
    """How many standard errors each estimate lies from the truth, with room for the bias of order 1 / particles."""
    error = rows.std(0) / math.sqrt(len(rows))
    return ((rows.mean(0) - oracle(schedule)).abs() - 0.01).clamp_min(0) / error.clamp_min(1e-3)


@pytest.mark.parametrize(("name", "options"), CLAIMS)
def test_weighted_particles_stand_for_the_tilted_target(name, options):
    assert float(misses(estimates(name, options)).max()) < 5


@pytest.mark.parametrize(("name", "options"), CLAIMS_ON_FLOW)
def test_they_do_so_on_a_flow(name, options):
    assert float(misses(estimates(name, options, schedule="flow"), "flow").max()) < 5


def test_without_weights_they_do_not():
    assert float(misses(estimates("fk-steering", {"potential": "max"}, weigh=False)).max()) > 5


def test_errors_fall_as_particles_grow():
    few, many = (estimates("das", {}, particles)[:, 0] - oracle()[0] for particles in (50, PARTICLES))
    assert float(many.square().mean().sqrt()) < 0.5 * float(few.square().mean().sqrt())


def test_what_is_left_of_other_particles_leads_astray():
    """The official code's slip: after resampling a particle moves with another parent's gradient."""
    right, stale = (estimates("das", {"reindex": how})[:, 0] for how in ("all", "latents-only"))
    assert abs(float(stale.mean() - oracle()[0])) > 2 * abs(float(right.mean() - oracle()[0]))


def test_guided_noise_makes_the_sample():
    """The gradient's push is reported as noise, which the base sampler turns into the same sample."""
    here = problem(3)
    found = population(METHODS.get("das").create({"temperature": 1.0, "particles": 8}), 3)
    torch.testing.assert_close(here.generate(found.candidates.noise), found.candidates.samples, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", ["fk-steering", "das", "tds"])
def test_a_temperature_is_measured_where_none_is_given(name):
    """On 8 samples, as many at a time as there are particles."""
    here = problem(0)
    run = METHODS.get(name).create({"temperature": "auto", "particles": 3}).run(here)
    measured = [next(run) for _ in range(3)]
    assert [len(one.samples) for one in measured] == [3, 3, 2]
    torch.testing.assert_close(here.generate(measured[0].noise), measured[0].samples)
    assert next(one for one in run if one is not None).samples.shape == (3, 2)


@pytest.mark.parametrize("constant", [0.0, 0.1, -3e4])
def test_no_temperature_follows_from_equal_rewards(constant):
    """They differ by rounding, as sums over a batch may."""
    rounding = itertools.cycle([0.0, 1e-7])
    here = toy_problem(reward=lambda samples, _: torch.tensor([constant * (1 + next(rounding)) for _ in samples]))
    with pytest.raises(FloatingPointError, match="earn the same reward"):
        list(METHODS.get("fk-steering").create({"temperature": "auto"}).run(here))


def test_the_measured_temperature_is_the_spread_of_all_samples():
    rewards = iter([1.0, 5.0, 2.0, -1.0, 0.0, 3.0, 3.0, 8.0])
    here = toy_problem(reward=lambda samples, _: torch.tensor([next(rewards) for _ in samples]))
    assert ended(measured(here, "auto", 3)) == pytest.approx(
        statistics.stdev([1.0, 5.0, 2.0, -1.0, 0.0, 3.0, 3.0, 8.0])
    )


def test_a_gradient_that_overflows_is_said_with_the_temperature():
    here = problem(0)
    with pytest.raises(FloatingPointError, match="temperature, 1e-40, moves particles without bound"):
        ended(METHODS.get("das").create({}).trajectory(here, 1e-40, here.draw_noise(4)))
