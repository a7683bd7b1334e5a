"""D-Flow against torch's L-BFGS, and against the optimum where the ODE is a linear map."""

import math
from itertools import islice

import pytest
import torch

from bench.errors import InputError
from bench.problem import seeded_problem
from bench.registry import METHODS, MODELS, REWARDS
from bench.sampling.look_ahead import with_row
from bench.suite.compatibility import check_cell
from bench.testing.gaussian import GaussianModel, toy_problem
from tests.support.cells import make_emoji_cell

ODE = GaussianModel(eta=0.0, latent_shape=(5,), scale=1.0)
MEAN, VARIANCES = (1.0, -2.0), (0.5, 0.05)
CENTRE = (2.5, -1.5)
METHOD = METHODS.get("d-flow").create({})


def rosenbrock(points):
    """A valley that bends."""
    here, following = points[:, :-1], points[:, 1:]
    return (100 * (following - here.square()).square() + (1 - here).square()).sum(1)


def waves(points):
    """Many valleys side by side."""
    return (points.square() / 50 - torch.arange(1, 6) * torch.sin(3 * points)).sum(1)


def cone(points):
    """Blunt at its tip, and far from it without curvature along the slope."""
    return (1 + (points - 2).square() @ torch.arange(1, 6, dtype=points.dtype) ** 3).sqrt()


def torchs_points(problem, noise, history):
    """The points of which torch's L-BFGS asks value and gradient in 40 iterations."""
    z, points = noise[:, 0].clone().requires_grad_(), []
    limits = {"max_iter": 40, "max_eval": 1000, "tolerance_grad": 0, "tolerance_change": 0}
    optimizer = torch.optim.LBFGS([z], line_search_fn="strong_wolfe", history_size=history, **limits)

    def closure():
        optimizer.zero_grad()
        points.append(z.detach().clone())
        loss = -problem.reward(problem.generate(with_row(noise, 0, z))).sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    return torch.cat(points)


@pytest.mark.parametrize("history", [3, 100])
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("function", [rosenbrock, waves, cone])
def test_it_asks_for_the_points_that_torchs_lbfgs_asks_for(function, seed, history):
    """Those within line searches among them, in float64; torch bounds no step, and is told not to end early."""
    problem = toy_problem(seed, model=ODE, reward=lambda samples, _: -function(samples))
    noise = problem.draw_noise(1).double()
    climb = METHODS.get("d-flow").create({"history": history}).climb(problem, noise, math.inf)
    found = torch.cat([one.noise[:, 0] for one in islice(climb, 40)])
    assert len(found) > 10
    expected = torchs_points(problem, noise, history)[: len(found)]
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)


def linear_problem(schedule, scale=1.0):
    """One Gaussian component, for which each step of the ODE is affine, and a quadratic reward."""
    covariance = ((VARIANCES[0], 0.0), (0.0, VARIANCES[1]))
    options = {"means": [MEAN], "covariances": [covariance], "schedule": schedule, "steps": 12}
    model = MODELS.get("mixture").create(options).load(torch.device("cpu"))
    quadratic = REWARDS.get("quadratic").create({"curvatures": (0.3, 2.0), "centre": CENTRE})
    return seeded_problem(
        model, lambda samples, prompts: scale * quadratic(samples, prompts), "", 0, model_name="mixture"
    )


def optimal_noise(problem):
    """The initial latent whose sample is the centre: each step multiplies what lies beyond the mean by a factor.

    With x = alpha m + u, of variance alpha^2 v + sigma^2, the clean point is m + alpha v u / (alpha^2 v + sigma^2).
    """
    alphas, sigmas, found = problem.sampler.alphas, problem.sampler.sigmas, []
    for mean, variance, centre in zip(MEAN, VARIANCES, CENTRE, strict=True):
        factor = 1.0
        for i in range(problem.sampler.steps):
            spread = alphas[i] ** 2 * variance + sigmas[i] ** 2
            factor *= (alphas[i + 1] * alphas[i] * variance + sigmas[i + 1] * sigmas[i]) / spread
        found.append(alphas[0] * mean + (centre - alphas[-1] * mean) / factor)
    return torch.tensor(found) / float(problem.sampler.start(torch.ones(1)))


@pytest.mark.parametrize("schedule", ["ddim", "euler", "flow"])
def test_it_reaches_the_optimum_and_begins_again_from_fresh_noise(schedule):
    problem = linear_problem(schedule)
    first, second = linear_problem(schedule).draw_noise(2)
    offers = list(islice(METHOD.run(problem), 60))
    torch.testing.assert_close(offers[0].noise[0], first)
    begun = [i for i, one in enumerate(offers) if torch.equal(one.noise[0], second)]
    assert len(begun) == 1
    best = max(offers[: begun[0]], key=lambda one: float(one.rewards))
    assert float(best.rewards) == pytest.approx(0, abs=1e-6)
    torch.testing.assert_close(best.samples[0], torch.tensor(CENTRE), atol=2e-3, rtol=0)
    torch.testing.assert_close(best.noise[0, 0], optimal_noise(problem), atol=5e-3, rtol=0)
    assert begun[0] < 40


def test_it_begins_at_the_sample_of_the_ode():
    first = next(METHOD.run(linear_problem("ddim")))
    still = linear_problem("ddim").with_sampling(eta=0)
    torch.testing.assert_close(first.samples, still.generate(still.draw_noise(1)))
    torch.testing.assert_close(first.noise[:, 1:], linear_problem("ddim").draw_noise(1)[:, 1:])


def test_the_scale_of_the_reward_does_not_matter():
    """Not where its gradients are as small as fp16 has them: a power of two changes no digit."""
    plain, small = (
        torch.cat([one.noise[:, 0] for one in islice(METHOD.run(linear_problem("ddim", scale)), 20)])
        for scale in (1.0, 2.0**-24)
    )
    torch.testing.assert_close(small, plain)


def test_a_reward_without_a_slope_leads_nowhere_but_to_fresh_noise():
    problem = toy_problem(reward=lambda samples, _: 0 * samples.flatten(1).mean(1))
    offers = list(islice(METHOD.run(problem), 3))
    torch.testing.assert_close(torch.cat([one.noise for one in offers]), toy_problem().draw_noise(3))


def test_a_reward_that_grows_for_ever_is_climbed_in_bounded_moves():
    """The toy's mean is linear in the noise; without a bound 60 evaluations lead to 1e20."""
    radius, offers = math.sqrt(48), list(islice(METHOD.run(toy_problem()), 60))
    norms = [float(one.noise[:, 0].norm()) for one in offers]
    assert norms[0] + radius < norms[-1] < norms[0] + 60 * radius
    assert float(offers[-1].rewards) > float(offers[0].rewards) + 1


def test_a_gradient_that_is_not_finite_is_said():
    """The root's slope at 0 is infinite; the offer itself is sound, and made before."""
    problem = toy_problem(reward=lambda samples, _: (0 * samples).flatten(1).sum(1).sqrt())
    run = METHOD.run(problem)
    assert torch.isfinite(next(run).rewards).all()
    with pytest.raises(FloatingPointError, match="the gradient is not finite"):
        next(run)


def test_it_needs_a_sampler_that_can_do_without_noise():
    check_cell(make_emoji_cell("d-flow", {}, model="flux-schnell"))
    with pytest.raises(InputError, match="has no eta that could be 0"):
        check_cell(make_emoji_cell("d-flow", {}, model="lcm"))
