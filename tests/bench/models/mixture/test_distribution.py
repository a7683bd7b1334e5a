import math

import pytest
import torch
from torch.distributions import Categorical, MixtureSameFamily, MultivariateNormal

from bench.models.mixture.distribution import GaussianMixture
from bench.models.mixture.presets import PRESETS
from bench.scoring.quadratic import QuadraticForm

COVARIANCES = torch.tensor([[[1.0, 0.6], [0.6, 0.5]], [[0.2, -0.1], [-0.1, 2.0]], [[0.3, 0.0], [0.0, 0.3]]])
MIXTURE = GaussianMixture(
    torch.tensor([0.5, 0.2, 0.3], dtype=torch.float64),
    torch.tensor([[0.0, 1.0], [-2.0, 0.5], [1.5, -1.0]], dtype=torch.float64),
    COVARIANCES.double(),
)
REWARDS = {
    "linear": ((0.7, -1.2), (0.0, 0.0), (0.0, 0.0)),
    "quadratic": ((0.0, 0.0), (0.5, 0.1), (1.0, -0.5)),
    "both, convex in one": ((0.3, 0.0), (-0.05, 1.0), (0.2, 0.3)),
}


def form(name):
    return QuadraticForm(*(torch.tensor(one, dtype=torch.float64) for one in REWARDS[name]))


def by_torch(mixture, alpha=1.0, sigma=0.0):
    """The distribution of alpha x_0 + sigma eps, by torch."""
    noise = sigma**2 * torch.eye(mixture.means.shape[1], dtype=torch.float64)
    components = MultivariateNormal(alpha * mixture.means, alpha**2 * mixture.covariances + noise)
    return MixtureSameFamily(Categorical(mixture.weights), components)


def points(n=64, seed=0):
    return 2 * torch.randn(n, 2, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_density_is_torchs():
    x = points()
    torch.testing.assert_close(MIXTURE.log_density(x), by_torch(MIXTURE).log_prob(x))


@pytest.mark.parametrize("alpha", [0.05, 0.5, 0.95])
def test_posterior_mean_is_tweedies(alpha):
    """E[x_0 | x] = (x + sigma^2 grad log p_t(x)) / alpha, with torch's density and autograd's gradient."""
    sigma = math.sqrt(1 - alpha**2)
    x = points().requires_grad_()
    (score,) = torch.autograd.grad(by_torch(MIXTURE, alpha, sigma).log_prob(x).sum(), x)
    torch.testing.assert_close(
        MIXTURE.posterior_mean(x.detach(), alpha, sigma), (x + sigma**2 * score).detach() / alpha
    )


def test_gradient_of_the_posterior_mean_is_that_of_finite_differences():
    x = points(4).requires_grad_()
    assert torch.autograd.gradcheck(lambda latent: MIXTURE.posterior_mean(latent, 0.6, 0.8), (x,))


def test_draws_have_the_mixtures_moments():
    drawn = MIXTURE.draw(200_000, torch.Generator().manual_seed(0))
    exact = by_torch(MIXTURE)
    torch.testing.assert_close(drawn.mean(0), exact.mean, atol=0.02, rtol=0)
    torch.testing.assert_close(drawn.var(0), exact.variance, atol=0.03, rtol=0)
    found = MIXTURE.responsibilities(drawn).mean(0)
    torch.testing.assert_close(found, MIXTURE.weights, atol=0.005, rtol=0)


@pytest.mark.parametrize("name", REWARDS)
@pytest.mark.parametrize("temperature", [1.0, 0.4])
def test_tilted_density_is_the_density_times_the_exponential(name, temperature):
    reward, x = form(name), points()
    tilted = MIXTURE.tilted(reward, temperature)
    ratio = tilted.log_density(x) - MIXTURE.log_density(x) - reward(x) / temperature
    torch.testing.assert_close(ratio, ratio[0].expand_as(ratio), rtol=0, atol=1e-9)


def test_covariances_that_are_not_symmetric_are_refused():
    skew = torch.tensor([[[1.0, 0.6], [0.2, 0.5]]]).double()
    with pytest.raises(ValueError, match="not symmetric"):
        GaussianMixture(torch.ones(1).double(), torch.zeros(1, 2).double(), skew)


def test_a_tilt_without_an_integral_is_refused():
    grows = QuadraticForm(torch.zeros(2).double(), torch.tensor([-3.0, 0.0]).double(), torch.zeros(2).double())
    with pytest.raises(ValueError, match="no integral"):
        MIXTURE.tilted(grows, 1.0)


def test_a_tilt_by_clamped_squares_is_refused():
    zero, one = torch.zeros(2).double(), torch.ones(2).double()
    with pytest.raises(ValueError, match="clamped squares"):
        MIXTURE.tilted(QuadraticForm(zero, one, zero, largest=4.0), 1.0)


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_distributions(name):
    mixture = PRESETS[name]()
    assert float(mixture.weights.sum()) == pytest.approx(1)
    x = mixture.draw(16, torch.Generator().manual_seed(0))
    torch.testing.assert_close(mixture.log_density(x), by_torch(mixture).log_prob(x))
