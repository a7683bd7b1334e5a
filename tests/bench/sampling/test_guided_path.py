"""Pushed and repeated steps: the noise that is named makes the sample, and what is noised anew is so exactly."""

import pytest
import torch

from bench.problem import seeded_problem
from bench.registry import MODELS, REWARDS
from bench.sampling.guided_path import GuidedPath
from bench.sampling.renoise import renoised

SCHEDULES = ["ddim", "euler", "flow"]
STEPS = 6


def problem(**options):
    model = MODELS.get("mixture").create({"steps": STEPS, **options}).load(torch.device("cpu"))
    return seeded_problem(model, REWARDS.get("quadratic").create({}), "", 0, model_name="mixture")


def push(latent, seed):
    return 0.1 * torch.randn(latent.shape, generator=torch.Generator().manual_seed(seed))


def walked(here, repeats=1, pushed=True):
    path = GuidedPath(here, 3)
    for step in path.steps:
        for repeat in range(repeats):
            if repeat > 0:
                path.back(step)
            prediction = here.sampler.predict(path.latent, step)
            path.take(step, prediction, push(path.latent, 10 * step + repeat) if pushed else None)
    return path.offer()


@pytest.mark.parametrize("repeats", [1, 3])
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_the_noise_makes_the_sample(schedule, repeats):
    here = problem(schedule=schedule)
    found = walked(here, repeats)
    torch.testing.assert_close(here.generate(found.noise), found.samples, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(here.reward(found.samples), found.rewards)
    drawn = problem(schedule=schedule).draw_noise(3)
    assert not torch.equal(found.noise[:, 1:STEPS], drawn[:, 1:STEPS])
    assert torch.equal(found.noise[:, STEPS], drawn[:, STEPS])
    assert (repeats == 1) == torch.equal(found.noise[:, 0], drawn[:, 0])


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_pushed_step_is_its_own_with_other_noise(schedule):
    """xi + d / std at the row of the step, and the others as drawn."""
    here = problem(schedule=schedule)
    path, drawn = GuidedPath(here, 3), problem(schedule=schedule).draw_noise(3)
    moved = push(path.latent, 1)
    for step in path.steps:
        prediction = here.sampler.predict(path.latent, step)
        path.take(step, prediction, moved if step == 2 else None)
        if step == 2:
            std = here.sampler.transition(prediction, step).std
    noise = path.offer().noise
    torch.testing.assert_close(noise[:, 3], drawn[:, 3] + moved / std, rtol=1e-4, atol=1e-5)
    others = [row for row in range(STEPS + 1) if row != 3]
    assert torch.equal(noise[:, others], drawn[:, others])


@pytest.mark.parametrize("repeats", [1, 2])
def test_where_no_noise_is_injected_none_makes_a_pushed_sample(repeats):
    here = problem(eta=0.0)
    assert GuidedPath(here, 1).steps == range(STEPS)
    assert walked(here, repeats).noise is None


def test_a_path_that_is_left_alone_is_the_samplers_own():
    for eta in (0.0, 1.0):
        found, here = walked(problem(eta=eta), pushed=False), problem(eta=eta)
        drawn = here.draw_noise(3)
        assert torch.equal(found.noise, drawn)
        torch.testing.assert_close(found.samples, here.generate(drawn))


def test_a_stochastic_samplers_last_step_is_left_alone():
    assert GuidedPath(problem(), 1).steps == range(STEPS - 1)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_noising_anew_is_the_forward_process(schedule):
    """What it makes of alpha' x0 + sigma' eps is alpha x0 + noise of variance sigma^2."""
    sampler = problem(schedule=schedule).sampler
    clean, eps, fresh = (torch.randn(200_000, generator=torch.Generator().manual_seed(seed)) for seed in range(3))
    for step in range(STEPS):
        latent = sampler.alphas[step + 1] * clean + sampler.sigmas[step + 1] * eps
        noise = renoised(sampler, latent, step + 1, step, fresh) - sampler.alphas[step] * clean
        assert float(noise.var()) == pytest.approx(sampler.sigmas[step] ** 2, rel=0.02)
        assert abs(float((noise * clean).mean())) < 0.02


def test_a_path_that_goes_back_keeps_the_samplers_distribution():
    """Without pushes time travel changes the sample and not what it is a draw of: here one Gaussian."""
    here = problem(means=[[2.0, -1.0]], covariances=0.5, steps=20)
    generator = torch.Generator().manual_seed(1)
    here.draw_noise = lambda n: torch.randn(n, *here.noise_shape, generator=generator)
    path = GuidedPath(here, 20_000)
    for step in path.steps:
        path.take(step, here.sampler.predict(path.latent, step))
        if 5 <= step < 15:
            path.back(step)
            path.take(step, here.sampler.predict(path.latent, step))
    samples = path.offer().samples
    base = here.generate(here.draw_noise(20_000))
    torch.testing.assert_close(samples.mean(0), base.mean(0), rtol=0, atol=0.03)
    torch.testing.assert_close(samples.var(0), base.var(0), rtol=0.05, atol=0)


def test_a_push_that_is_not_finite_is_refused():
    here = problem()
    path = GuidedPath(here, 3)
    with pytest.raises(FloatingPointError, match="not finite"):
        path.take(0, here.sampler.predict(path.latent, 0), torch.full((3, 2), float("nan")))
