"""ReNO's and ORIGEN's updates of the initial latent by hand in float64, and what ORIGEN samples; DNO held by norms."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from bench.errors import InputError
from bench.registry import METHODS
from bench.testing import GaussianModel, offers_of, toy_problem
from bench.testing.gaussian import mean_reward

D = 48  # numbers of the toy's latent
WEIGHTS = torch.linspace(-1, 1, D)


def problem_of(steps, scale=1.0, offset=0.0):
    """A linear reward on a deterministic sampler."""
    model = GaussianModel(steps=steps, eta=0.0)
    return toy_problem(model=model, reward=lambda samples, _: scale * (samples.flatten(1) @ WEIGHTS) + offset)


def slope(problem, scale=1.0):
    """The reward's gradient `(48,)` in the latent: the posterior mean of a Gaussian is affine, so each step is."""
    gain, variance = 1.0, GaussianModel().scale ** 2
    alphas, sigmas = problem.sampler.alphas, problem.sampler.sigmas
    for (alpha, next_alpha), (sigma, next_sigma) in zip(pairwise(alphas), pairwise(sigmas), strict=True):
        of_eps = sigma / (alpha**2 * variance + sigma**2)
        gain *= next_alpha * (1 - sigma * of_eps) / alpha + next_sigma * of_eps
    return scale * gain * WEIGHTS.double().numpy()


def latents(name, options, problem, count=5):
    """The initial latents `(48,)` that a method offers."""
    offers = offers_of(METHODS.get(name).create(options).run(problem), count)
    assert all(torch.equal(one.noise[:, 1:], offers[0].noise[:, 1:]) for one in offers)
    return [one.noise[0, 0].flatten().double().numpy() for one in offers], [one.rewards.item() for one in offers]


@pytest.mark.parametrize("steps", [1, 3])
@pytest.mark.parametrize(
    "options", [{}, {"gamma": 0.5}, {"max_grad_norm": 100.0, "learning_rate": 0.01, "momentum": 0.5}, {"gamma": 0.0}]
)
def test_reno_is_nesterov_on_the_clipped_gradient_of_reward_and_norm(options, steps):
    values = {"learning_rate": 5.0, "momentum": 0.9, "max_grad_norm": 0.1, "gamma": 0.01} | options
    problem = problem_of(steps)
    found, _ = latents("reno", options, problem)
    z, velocity = found[0], np.zeros(D)
    for one in found:
        np.testing.assert_allclose(one, z, rtol=1e-4, atol=1e-5)
        gradient = -slope(problem) + values["gamma"] * (z - (D - 1) * z / (z @ z))
        gradient *= min(1, values["max_grad_norm"] / np.linalg.norm(gradient))
        velocity = values["momentum"] * velocity + gradient
        z = z - values["learning_rate"] * (gradient + values["momentum"] * velocity)


@pytest.mark.parametrize("steps", [1, 3])
@pytest.mark.parametrize("options", [{}, {"k": 0.05, "step_size": 0.6, "eta": 2.0}, {"k": 0.05, "clip": 1.0}])
@pytest.mark.parametrize("offset", [-20.0, 50.0])
def test_origen_is_its_formula(options, offset, steps):
    """At rewards below 0 as the sigmoid of the official code has it, with the sign turned; above 0 steps are alike."""
    values = {"step_size": 0.3, "eta": 0.8, "k": 0.3, "clip": 0.2} | options
    problem, again = problem_of(steps, offset=offset), problem_of(steps)
    found, rewards = latents("origen", options, problem)
    z = found[0]
    for one, reward in zip(found, rewards, strict=True):
        assert (reward < 0) == (offset < 0)
        np.testing.assert_allclose(one, z, rtol=1e-4, atol=1e-5)
        sigmoid = 1 / (1 + np.exp(2 * values["k"] * reward))
        scale, correction = (1 / 3 + (2 * sigmoid - 1), 2 * values["k"] * sigmoid * (1 - sigmoid))
        if reward > 0:
            scale, correction = 1 / 3, 0.0
        step = values["step_size"] * scale
        pull = np.clip(slope(problem), -values["clip"], values["clip"])
        xi = torch.randn(1, 3, 4, 4, generator=again.generator).flatten().double().numpy()
        drift = (values["eta"] * step - values["step_size"] * correction) * pull
        z = np.sqrt(1 - step) * z + drift + np.sqrt(step) * xi


def walked(options, reward, count):
    """`(4000,)` ends of walks of one number under a linear reward, `reward` its slope and value at 0."""
    origen = METHODS.get("origen").create({"clip": 100.0, **options})
    generator, (rise, at_0) = torch.Generator().manual_seed(0), reward
    z = torch.randn(4000, 1, generator=generator)
    for _ in range(count):
        xi = torch.randn(z.shape, generator=generator)
        z = origen.step(z, (rise * z + at_0)[:, 0], torch.full_like(z, rise), xi)
    return z


def test_a_step_keeps_the_variance_at_1_whatever_its_size():
    for step_size in (0.1, 0.9):
        found = walked({"step_size": step_size, "s_min": 1.0, "s_max": 1.0}, (0.5, 0.0), 100)
        mean = 0.8 * step_size * 0.5 / (1 - (1 - step_size) ** 0.5)  # of the autoregression
        assert found.mean().item() == pytest.approx(mean, abs=4 / 4000**0.5)
        assert found.var().item() == pytest.approx(1, abs=4 * (2 / 4000) ** 0.5)


def test_steps_of_changing_length_sample_the_tilted_normal():
    """N(z; 0, 1) exp(2 eta r(z)) with r = z - 1 and eta 0.4 is N(0.8, 1)."""
    found = walked({"step_size": 0.02, "eta": 0.4, "k": 1.0, "s_min": 0.5, "s_max": 2.0}, (1.0, -1.0), 1000)
    assert found.mean().item() == pytest.approx(0.8, abs=4 / 4000**0.5)
    assert found.var().item() == pytest.approx(1, abs=4 * (2 / 4000) ** 0.5)


def test_dno_norm_adds_the_pull_of_each_rows_norm():
    """Every row moves; plain SGD at rate 1 unclipped, so that an update is the gradient."""
    plain = {"optimizer": "sgd", "learning_rate": 1.0, "max_grad_norm": None, "gamma": 0.3}
    first, second = offers_of(METHODS.get("dno-norm").create(plain).run(toy_problem()), 2)
    problem, noise = toy_problem(), first.noise.clone().requires_grad_()
    (rise,) = torch.autograd.grad(mean_reward(problem.generate(noise), []).sum(), noise)
    rows = first.noise.flatten(2).double().numpy()
    pull = rows - (D - 1) * rows / np.square(rows).sum(2, keepdims=True)
    expected = rise.flatten(2).double().numpy() - 0.3 * pull
    np.testing.assert_allclose((second.noise - first.noise).flatten(2).numpy(), expected, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize(("name", "options"), [("dno-norm", {"learning_rate": 0.05, "gamma": 1.0}), ("reno", {})])
def test_noise_that_is_too_long_comes_back_where_the_reward_has_no_say(name, options):
    problem = toy_problem(reward=lambda samples, _: 0 * samples.flatten(1).mean(1))
    drawn = 1.5 * problem.draw_noise(1)
    problem.draw_noise = lambda n: drawn.clone()
    first, *_, last = offers_of(METHODS.get(name).create(options).run(problem), 100)
    before, after = (one.noise[0, 0].norm() - (D - 1) ** 0.5 for one in (first, last))
    assert before > 2
    assert abs(after) < 0.1 * before


TINY = {
    "flat": lambda samples, _: 0 * samples.flatten(1).mean(1),
    "almost flat": lambda samples, _: 1e-30 * samples.flatten(1).mean(1),
    "half precision": lambda samples, _: samples.half().flatten(1).mean(1).float() * 6e-8,
}


@pytest.mark.parametrize("reward", TINY)
@pytest.mark.parametrize("scale", [1.0, 1e-30, 0.0])
@pytest.mark.parametrize("name", ["dno", "dno-norm", "reno", "origen"])
def test_nothing_becomes_nan_where_numbers_are_small(name, scale, reward):
    problem = toy_problem(reward=TINY[reward])
    drawn = scale * problem.draw_noise(1)
    problem.draw_noise = lambda n: drawn.clone()
    for one in offers_of(METHODS.get(name).create({}).run(problem), 4):
        assert torch.isfinite(one.noise).all()
        assert torch.isfinite(one.rewards).all()


@pytest.mark.parametrize("name", ["dno-norm", "reno", "origen"])
def test_a_gradient_that_is_not_finite_stops_the_method(name):
    problem = toy_problem(reward=lambda samples, _: (samples.flatten(1).mean(1) * 0).sqrt())
    with pytest.raises(FloatingPointError, match="the gradient is not finite"):
        offers_of(METHODS.get(name).create({}).run(problem), 2)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("reno", {"learning_rate": 0.0}, "learning_rate must be positive, got 0.0"),
        ("reno", {"max_grad_norm": -1.0}, "max_grad_norm must be positive, got -1.0"),
        ("reno", {"momentum": 0.0}, r"momentum must be in \(0, 1\), got 0.0"),
        ("reno", {"gamma": -0.1}, "gamma must be at least 0, got -0.1"),
        ("reno", {"restarts": 0}, "restarts must be at least 1, got 0"),
        ("dno-norm", {"gamma": -0.1}, "gamma must be at least 0, got -0.1"),
        ("dno-norm", {"batch_size": 0}, "batch_size must be at least 1, got 0"),
        ("origen", {"step_size": 0.0}, "step_size must be positive, got 0.0"),
        ("origen", {"clip": 0.0}, "clip must be positive, got 0.0"),
        ("origen", {"s_min": 2.0}, r"0 < s_min <= s_max, got 2.0 and 1.33"),
        ("origen", {"step_size": 0.8}, "step_size times s_max must be at most 1, got 1.06667"),
    ],
)
def test_senseless_options_are_refused(name, options, message):
    with pytest.raises(InputError, match=message) as refused:
        METHODS.get(name).create(options)
    assert "\n" not in str(refused.value)
