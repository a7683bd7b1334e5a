"""The denoiser's faster modules against those of diffusers, which they replace."""

import pytest
import torch
from diffusers.models.transformers.transformer_2d import Transformer2DModel

from bench.models.emoji import Emoji, load_pipeline
from bench.models.emoji.kernels import MatrixConvolution, TokenTransformer
from bench.models.stable_diffusion import StableDiffusion

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def plain():
    return StableDiffusion(load_pipeline(), CPU, Emoji().sampling(), Emoji.size)


@pytest.fixture(scope="module")
def quick():
    return Emoji().load(CPU)


def prediction_and_gradient(model, n, step, prompt="a white duck"):
    random = torch.Generator().manual_seed(n)
    latent = torch.randn(n, *model.latent_shape, generator=random).requires_grad_()
    cotangent = torch.randn(latent.shape, generator=random)
    eps = model.predict(latent, step, model.encode(prompt)).eps
    (gradient,) = torch.autograd.grad(eps, latent, cotangent)
    return eps.detach(), gradient


@pytest.mark.parametrize("n", [1, 3, 16])
@pytest.mark.parametrize("step", [0, -1])
def test_prediction_and_gradient_are_those_of_diffusers(n, step, plain, quick):
    for ours, theirs in zip(
        prediction_and_gradient(quick, n, step), prediction_and_gradient(plain, n, step), strict=True
    ):
        assert (ours - theirs).norm() <= 1e-5 * theirs.norm()


def test_another_prompt_or_guidance_reaches_the_faster_modules(plain, quick):
    plain, quick = plain.with_sampling(guidance=1.0), quick.with_sampling(guidance=1.0)
    cat, _ = prediction_and_gradient(quick, 1, 5, "a black cat")
    duck, _ = prediction_and_gradient(quick, 1, 5)
    torch.testing.assert_close(cat, prediction_and_gradient(plain, 1, 5, "a black cat")[0], rtol=0, atol=1e-5)
    assert (cat - duck).abs().max() > 1e-3


def test_every_transformer_and_every_convolution_on_2x2_pixels_is_replaced(quick):
    modules = list(quick._network.modules())
    assert not any(isinstance(module, Transformer2DModel) for module in modules)
    assert sum(isinstance(module, TokenTransformer) for module in modules) == 7
    shapes = [tuple(module.outputs) for module in modules if isinstance(module, MatrixConvolution)]
    assert shapes == [(112, 2, 2)] * 10


def test_a_gradient_asks_for_none_of_the_weights(quick):
    assert not any(one.requires_grad for one in quick._network.parameters())


@pytest.mark.parametrize("recompute", ["steps", "blocks"])
def test_recomputing_gives_the_same_gradient(recompute, plain):
    quick = Emoji().load(CPU)
    quick.fit_into_memory(recompute)
    ours, theirs = prediction_and_gradient(quick, 2, 3), prediction_and_gradient(plain, 2, 3)
    assert (ours[1] - theirs[1]).norm() <= 1e-5 * theirs[1].norm()
