"""What classifier-free guidance adds to the predicted noise."""

import warnings

import pytest
import torch

from bench.models.replay import Replay
from bench.models.ring import Ring
from bench.problem import Meter, Sampler
from tests.support.tape import Tapes

GUIDED = ["sd15", "sd21", "sdxl", "sd3-medium"]
SCALE, STEP = 3.0, 2


@pytest.fixture(params=GUIDED)
def model(request, load):
    return load(request.param, steps=5, guidance=SCALE)


def sampler_of(model, meter=None):
    return Sampler(model, model.encode("a white duck"), meter or Meter())


def latents_of(model, n=2):
    return torch.randn(n, *model.latent_shape, generator=torch.Generator().manual_seed(0))


@torch.no_grad()
def test_it_is_the_difference_from_the_empty_prompts_noise(model):
    """By another way: text is the prediction at w = 1, and w (text - empty) = w (eps - text) / (w - 1)."""
    sampler, latent = sampler_of(model), latents_of(model)
    prediction, correction = sampler.predict_with_correction(latent, STEP)
    text = sampler.with_sampling(guidance=1.0).predict(latent, STEP).eps
    torch.testing.assert_close(correction, SCALE / (SCALE - 1) * (prediction.eps - text), rtol=1e-4, atol=1e-5)
    assert correction.square().mean() > 0
    for one, other in zip(prediction, sampler.predict(latent, STEP), strict=True):
        torch.testing.assert_close(one, other)


def test_its_prediction_has_the_gradient_of_any(model):
    sampler, gradients = sampler_of(model), []
    for predict in (sampler.predict, lambda *inputs: sampler.predict_with_correction(*inputs)[0]):
        latent = latents_of(model).requires_grad_()
        gradients.append(torch.autograd.grad(predict(latent, STEP).x0.square().sum(), latent)[0])
    torch.testing.assert_close(*gradients)


@pytest.mark.parametrize("chunk", [None, 1])
def test_it_costs_what_a_prediction_costs(model, chunk):
    model.chunk, meter = chunk, Meter()
    prediction, correction = sampler_of(model, meter).predict_with_correction(latents_of(model).requires_grad_(), STEP)
    assert (meter.denoiser_evals, meter.backward_evals) == (4, 0)
    assert correction.shape == prediction.eps.shape
    assert not correction.requires_grad
    prediction.x0.sum().backward()
    assert (meter.denoiser_evals, meter.backward_evals) == (4, 4)


def test_replayed_it_is_the_same(load):
    model, replayed = (load("sd15", steps=5, guidance=SCALE) for _ in range(2))
    replayed.replay, replayed.recompute = Replay(Tapes()), "steps"
    found = []
    for one in (model, replayed):
        latent = latents_of(one).requires_grad_()
        with warnings.catch_warnings(action="error", category=UserWarning):
            prediction, correction = sampler_of(one).predict_with_correction(latent, STEP)
            found.append((*prediction, correction, torch.autograd.grad(prediction.x0.sum(), latent)[0]))
    assert all(torch.equal(one, other) for one, other in zip(*found, strict=True))


@pytest.mark.parametrize("name", ["sd-turbo", "flux-schnell", "lcm"])
def test_without_guidance_there_is_none(name, load):
    model = load(name)
    with pytest.raises(ValueError, match="classifier-free guidance"):
        sampler_of(model).predict_with_correction(latents_of(model), 0)


def test_nor_at_a_scale_of_one_or_of_models_without_a_prompt(load):
    for model in (load("sd15", steps=5, guidance=1.0), Ring(steps=5).load(torch.device("cpu"))):
        with pytest.raises(ValueError, match="classifier-free guidance"):
            sampler_of(model).predict_with_correction(latents_of(model), 0)
