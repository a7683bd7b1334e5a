"""The chi distribution against torch's gamma functions and against Gaussian noise itself."""

from math import exp, lgamma, sqrt

import pytest
import torch
from scipy.stats import kstest

from bench.registry import METRICS


def measure(noise):
    return METRICS.get("latent-norm").create({})(torch.zeros(len(noise), 3, 8, 8), ["cat"] * len(noise), noise)


@pytest.mark.parametrize("shape", [(3,), (4, 8, 8), (4, 64, 64)])
@pytest.mark.parametrize("scale", [0.99, 1.0, 1.02])
def test_quantile_and_z_by_gamma_functions(shape, scale):
    noise = scale * torch.randn(2, 4, *shape, generator=torch.Generator().manual_seed(0))
    d = noise[0, 0].numel()
    norm = noise[:, 0].flatten(1).double().square().sum(1).sqrt()
    found = measure(noise)
    assert torch.allclose(found["latent-norm"], norm)
    quantile = torch.special.gammainc(torch.tensor(d / 2, dtype=torch.float64), norm.square() / 2)
    assert torch.allclose(found["latent-norm/quantile"], quantile, atol=1e-7)
    mean = sqrt(2) * exp(lgamma((d + 1) / 2) - lgamma(d / 2))
    assert torch.allclose(found["latent-norm-z"], (norm - mean) / sqrt(d - mean**2), rtol=1e-4, atol=1e-6)


def test_gaussian_noise_is_spread_evenly_over_the_quantiles():
    found = measure(torch.randn(2000, 1, 32, generator=torch.Generator().manual_seed(0)))
    assert kstest(found["latent-norm/quantile"].numpy(), "uniform").pvalue > 0.01
    assert found["latent-norm-z"].mean().item() == pytest.approx(0, abs=0.1)
    assert found["latent-norm-z"].std().item() == pytest.approx(1, abs=0.1)


def test_only_the_initial_latent_counts():
    noise = torch.randn(1, 5, 4, 8, 8, generator=torch.Generator().manual_seed(0))
    later = noise.clone()
    later[:, 1:] *= 3
    assert measure(noise) == measure(later)
    assert measure(1.3 * noise)["latent-norm-z"].item() > 3
