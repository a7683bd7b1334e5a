"""ReNO's regulariser against scipy's chi distribution."""

import pytest
import torch
from scipy.stats import chi

from bench.sampling.norm import norm_penalty

LATENT = (3, 5)
D = 15


def latents(norms, shape=LATENT, dtype=torch.float64):
    """One-row noise `(n, 1, *shape)` of the given norms, in random directions."""
    norms = torch.as_tensor(norms, dtype=dtype)
    drawn = torch.randn(len(norms), *shape, generator=torch.Generator().manual_seed(0), dtype=dtype)
    unit = drawn / drawn.flatten(1).norm(dim=1).view(-1, *[1] * len(shape))
    return (unit * norms.view(-1, *[1] * len(shape)))[:, None]


def gradient(noise):
    noise = noise.clone().requires_grad_()
    return torch.autograd.grad(norm_penalty(noise).sum(), noise)[0]


def test_is_minus_the_log_density_of_chi_up_to_a_constant():
    norms = torch.tensor([0.5, 2.0, 3.7, 4.0, 20.0], dtype=torch.float64)
    constant = norm_penalty(latents(norms)) + torch.from_numpy(chi(D).logpdf(norms.numpy()))
    torch.testing.assert_close(constant, constant[:1].expand(5))


def test_the_gradient_is_that_of_finite_differences_along_the_norm():
    norms, h = torch.tensor([0.5, 2.0, 3.7, 4.0, 20.0], dtype=torch.float64), 1e-5
    noise, density = latents(norms), chi(D).logpdf
    along = torch.from_numpy(density((norms - h).numpy()) - density((norms + h).numpy())) / (2 * h)
    expected = along.view(-1, 1, 1, 1) * noise / norms.view(-1, 1, 1, 1)
    torch.testing.assert_close(gradient(noise), expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("d", [2, 15, 16384])
def test_the_gradient_vanishes_at_the_mode_alone(d):
    mode = (d - 1) ** 0.5
    noise = latents([0.9 * mode, mode, 1.1 * mode], (d,))
    shorter, at, longer = (gradient(noise) * noise).flatten(1).sum(1)
    assert abs(at) < 1e-9 * d
    assert shorter < -0.1 * (d - 1)
    assert longer > 0.1 * (d - 1)


def test_each_row_has_a_norm_of_its_own():
    """One too long and one too short do not make up for each other."""
    rows = latents([1.0, 6.0])
    noise = torch.cat([rows[:1], rows[1:]], dim=1)
    torch.testing.assert_close(norm_penalty(noise), norm_penalty(rows).sum(0, keepdim=True))
    torch.testing.assert_close(gradient(noise), torch.cat([gradient(rows[:1]), gradient(rows[1:])], dim=1))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_does_not_overflow(dtype):
    """The square of this norm is 131,072; the largest number of float16 is 65,504."""
    noise = latents([2**8.5], (2**17,), torch.float32).to(dtype)
    assert norm_penalty(noise).dtype == torch.float32
    torch.testing.assert_close(norm_penalty(noise).double(), norm_penalty(noise.double()), rtol=1e-5, atol=0)
    assert torch.isfinite(gradient(noise)).all()


@pytest.mark.parametrize("norm", [0.0, 1e-30, 1e-20, 1e-10, 3.4e-4, 3.6e-4, 1e-2])
def test_a_row_of_almost_nothing_is_no_nan(norm):
    noise = latents([norm], (16384,), torch.float32)
    assert torch.isfinite(norm_penalty(noise)).all()
    assert torch.isfinite(gradient(noise)).all()
    assert norm > 1e-3 or norm == 3.6e-4 or not gradient(noise).any()
