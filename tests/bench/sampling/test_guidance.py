import torch

from bench.problem import seeded_problem
from bench.registry import MODELS, REWARDS
from bench.sampling.guidance import promise


def test_the_gradient_is_the_analytic_one():
    """By the chain rule through the posterior mean, whose Jacobian comes from finite differences."""
    model = MODELS.get("mixture").create({"steps": 25}).load(torch.device("cpu"))
    here = seeded_problem(model, REWARDS.get("quadratic").create({}), "", 0, model_name="mixture")
    latent = torch.randn(5, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    found = promise(here, latent, 12)
    torch.testing.assert_close(found.rewards, here.reward(here.sampler.predict(latent, 12).x0))
    for axis in range(2):
        shift = torch.zeros(2, dtype=torch.float64)
        shift[axis] = 1e-5
        ahead, behind = (here.reward(here.sampler.predict(latent + sign * shift, 12).x0) for sign in (1, -1))
        torch.testing.assert_close(found.gradient[:, axis], (ahead - behind) / 2e-5, rtol=1e-5, atol=1e-6)
