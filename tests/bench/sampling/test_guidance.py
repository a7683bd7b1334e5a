"""The gradients that guidance follows, where they are known."""

import math

import pytest
import torch

from bench.problem import seeded_problem
from bench.registry import MODELS, REWARDS
from bench.sampling.guidance import ascended, clean_reward, gradient_at, promise, softened

CURVATURES, CENTRE = torch.tensor([0.5, 2.0], dtype=torch.float64), torch.tensor([1.0, -1.0], dtype=torch.float64)
QUADRATIC = {"curvatures": (0.5, 2.0), "centre": (1.0, -1.0)}


def problem(reward="quadratic", reward_options=None, **options):
    model = MODELS.get("mixture").create({"steps": 25, **options}).load(torch.device("cpu"))
    made = REWARDS.get(reward).create(reward_options or {})
    return seeded_problem(model, made, "", 0, model_name="mixture")


def points(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_the_gradient_is_the_analytic_one():
    """By the chain rule through the posterior mean, whose Jacobian comes from finite differences."""
    here = problem()
    latent = points(5, 2)
    found = promise(here, latent, 12)
    torch.testing.assert_close(found.rewards, here.reward(here.sampler.predict(latent, 12).x0))
    for axis in range(2):
        shift = torch.zeros(2, dtype=torch.float64)
        shift[axis] = 1e-5
        ahead, behind = (here.reward(here.sampler.predict(latent + sign * shift, 12).x0) for sign in (1, -1))
        torch.testing.assert_close(found.gradient[:, axis], (ahead - behind) / 2e-5, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("schedule", ["ddim", "euler", "flow"])
def test_under_one_gaussian_the_gradient_is_known_in_closed_form(schedule):
    """The posterior mean m + gain (x - alpha m) with gain = alpha v / (alpha^2 v + sigma^2)."""
    variance, mean = 0.3, torch.tensor([1.0, 2.0], dtype=torch.float64)
    here = problem("quadratic", QUADRATIC, means=[mean.tolist()], covariances=variance, schedule=schedule, steps=6)
    latent = points(5, 2)
    for step in range(6):
        alpha, sigma = here.sampler.alphas[step], here.sampler.sigmas[step]
        gain = alpha * variance / (alpha**2 * variance + sigma**2)
        clean = mean + gain * (latent - alpha * mean)
        found = promise(here, latent, step)
        torch.testing.assert_close(found.prediction.x0, clean, rtol=1e-6, atol=1e-6)
        torch.testing.assert_close(found.gradient, -2 * gain * CURVATURES * (clean - CENTRE), rtol=1e-6, atol=1e-6)
        assert not any(one.requires_grad for one in (*found.prediction, found.rewards, found.gradient))


def test_another_objective_may_be_promised():
    here, latent = problem(), points(3, 2)
    found = promise(here, latent, 12, lambda clean: 3 * clean_reward(here)(clean))
    torch.testing.assert_close(found.gradient, 3 * promise(here, latent, 12).gradient)


def test_the_softened_reward_is_the_log_of_a_mean_of_exponentials():
    here, temperature, clean, offsets = problem("quadratic", QUADRATIC), 2.0, points(3, 2), points(7, 3, 2, seed=1)
    found = softened(here, temperature, offsets)(clean)
    rewards = -((clean + offsets - CENTRE).square() * CURVATURES).sum(2)
    torch.testing.assert_close(found, (rewards / temperature).exp().mean(0).log())
    weights = (rewards / temperature).softmax(0)[..., None]
    expected = (weights * -2 * CURVATURES * (clean + offsets - CENTRE) / temperature).sum(0)
    torch.testing.assert_close(gradient_at(softened(here, temperature, offsets), clean), expected)


def test_many_draws_soften_a_linear_reward_by_its_variance():
    """E exp(c . delta) = exp(|c|^2 sigma^2 / 2) for delta ~ N(0, sigma^2 I)."""
    here, sigma, slope = problem("linear", {"slope": (1.0, -0.5)}), 0.4, torch.tensor([1.0, -0.5], dtype=torch.float64)
    clean = points(2, 2)
    found = softened(here, 1.0, sigma * points(100_000, 2, 2, seed=1))(clean)
    expected = clean @ slope + sigma**2 * slope.square().sum() / 2
    torch.testing.assert_close(found, expected, rtol=0, atol=6 * sigma * float(slope.norm()) / math.sqrt(100_000))


def test_the_ascent_on_a_quadratic_contracts_to_its_centre():
    here, clean = problem("quadratic", QUADRATIC), points(4, 2)
    found = ascended(clean_reward(here), clean, 0.1, 3)
    torch.testing.assert_close(found, CENTRE + (1 - 0.2 * CURVATURES) ** 3 * (clean - CENTRE))
    assert ascended(clean_reward(here), clean, 0.1, 0) is clean
