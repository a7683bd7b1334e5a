import torch

from bench.problem import seeded_problem
from bench.registry import MODELS, REWARDS
from bench.sampling.renoise import denoised, renoised
from tests.support.generators import ended


def mixture_problem(**options):
    model = MODELS.get("mixture").create({"steps": 10, **options}).load(torch.device("cpu"))
    return seeded_problem(model, REWARDS.get("quadratic").create({}), "", 0, model_name="mixture", method_name="test")


def test_the_way_back_keeps_the_marginals():
    """A draw of the mixture at one level, noised anew, is one at the noisier level: its mean and variance say so."""
    sampler, mixture = mixture_problem().sampler, MODELS.get("mixture").create({}).distribution()
    generator = torch.Generator().manual_seed(0)
    clean = mixture.draw(50_000, generator)
    noise, again = (torch.randn(clean.shape, generator=generator, dtype=clean.dtype) for _ in range(2))
    latent = sampler.alphas[7] * clean + sampler.sigmas[7] * noise
    found = renoised(sampler, latent, 7, 3, again)
    expected = sampler.alphas[3] ** 2 * clean.var(0) + sampler.sigmas[3] ** 2
    torch.testing.assert_close(found.var(0), expected, rtol=0.03, atol=0)
    torch.testing.assert_close((found * clean).mean(0), sampler.alphas[3] * clean.square().mean(0), rtol=0.05, atol=0)


def test_the_way_on_is_the_deterministic_sampler():
    """Whatever the model's eta is."""
    stochastic, ode = mixture_problem(), mixture_problem(eta=0.0)
    noise = ode.draw_noise(3)
    latent, x0 = ended(denoised(stochastic.sampler, stochastic.sampler.start(noise[:, 0]), 0, 10))
    torch.testing.assert_close(latent, ode.generate(noise))
    torch.testing.assert_close(x0, latent, rtol=1e-3, atol=1e-3)
