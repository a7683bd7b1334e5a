"""The trajectory step by step: transitions, predictions made from a clean latent, and what the meter counts."""

import pytest
import torch

from bench.models.ring import Ring
from bench.problem import Meter
from bench.problem.sampler import Sampler
from bench.testing import GaussianModel

CPU = torch.device("cpu")


def sampler_of(model):
    return Sampler(model, model.encode("cat"), Meter())


def latents_of(model, n=2):
    return torch.randn(n, *model.latent_shape, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("model", [GaussianModel(), GaussianModel(eta=0.0), Ring(steps=6).load(CPU)])
def test_a_step_is_the_mean_plus_std_noise(model):
    sampler, latent = sampler_of(model), latents_of(model)
    for step in range(sampler.steps):
        prediction = sampler.predict(latent, step)
        mean, std = sampler.transition(prediction, step)
        assert 0 <= std <= sampler.sigmas[step + 1]
        torch.testing.assert_close(sampler.step(prediction, step, torch.zeros_like(latent)), mean)
        torch.testing.assert_close(sampler.step(prediction, step, torch.ones_like(latent)), mean + std)


@pytest.mark.parametrize("model", [GaussianModel(), Ring(steps=6).load(CPU)])
def test_the_prediction_made_from_its_own_clean_latent_is_itself(model):
    sampler, latent = sampler_of(model), latents_of(model).double()
    model = getattr(model, "_denoiser", torch.nn.Identity()).double()
    for step in range(sampler.steps):
        prediction = sampler.predict(latent, step)
        again = sampler.with_x0(latent, step, prediction.x0)
        torch.testing.assert_close(again.eps, prediction.eps)
        assert again.x0 is prediction.x0


def test_another_clean_latent_leaves_the_latent_what_it_is():
    sampler, latent = sampler_of(GaussianModel()), latents_of(GaussianModel())
    prediction = sampler.with_x0(latent, 2, torch.full_like(latent, 0.3))
    torch.testing.assert_close(sampler.alphas[2] * prediction.x0 + sampler.sigmas[2] * prediction.eps, latent)


@pytest.mark.parametrize(("recompute", "runs"), [("none", 1), ("steps", 2), ("blocks", 3)])
def test_what_a_model_says_that_its_gradients_run_again_is_counted_where_they_are_taken(recompute, runs):
    model, meter = Ring(steps=5).load(CPU), Meter()
    model.recompute = recompute
    sampler = Sampler(model, None, meter)
    latent = latents_of(model, n=3).requires_grad_()
    for step in range(5):
        latent = sampler.step(sampler.predict(latent, step), step, torch.zeros_like(latent))
    sample = sampler.decode(latent)
    assert meter.counts() == {"denoiser_evals": 15, "decodes": 3, "reward_calls": 0, "backward_evals": 0}
    sample.sum().backward()
    assert meter.counts() == {
        "denoiser_evals": 15 * runs,
        "decodes": 3 * runs,
        "reward_calls": 0,
        "backward_evals": 15,
    }
