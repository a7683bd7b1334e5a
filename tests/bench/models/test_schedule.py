"""The one step: its predictions are inverses of what networks predict, its noise leaves the marginals alone."""

import pytest
import torch

from bench.errors import InputError
from bench.models.schedule import Schedule, fresh_noise

VP = torch.tensor([0.1, 0.5, 0.9, 1.0], dtype=torch.float64).sqrt()


def schedule(alpha, sigma, eta=1.0, output="epsilon"):
    return Schedule(torch.arange(len(alpha) - 1), alpha, sigma, fresh_noise(alpha, sigma, eta), output)


@pytest.mark.parametrize("output", ["epsilon", "v_prediction", "sample", "velocity"])
def test_what_a_network_predicts_is_turned_into_noise_and_clean_latent(output):
    alpha = torch.tensor([0.2, 0.6, 1.0], dtype=torch.float64)
    sigma = 1 - alpha if output == "velocity" else (1 - alpha**2).sqrt()
    x0, eps = torch.randn(2, 1, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0)).unbind()
    latent = alpha[1] * x0 + sigma[1] * eps
    said = {"epsilon": eps, "sample": x0, "v_prediction": alpha[1] * eps - sigma[1] * x0, "velocity": eps - x0}[output]
    found = schedule(alpha, sigma, output=output).predict(latent, 1, said)
    torch.testing.assert_close(found.eps, eps)
    torch.testing.assert_close(found.x0, x0)


def test_without_any_signal_a_network_that_predicts_noise_says_nothing():
    """At alpha 0 the latent is noise alone; v is minus the clean latent there, and the velocity holds it too."""
    alpha = torch.tensor([0.0, 0.6, 1.0], dtype=torch.float64)
    with pytest.raises(InputError, match=r"begins without any signal \(zero terminal SNR\)"):
        schedule(alpha, (1 - alpha**2).sqrt())
    x0, eps = torch.randn(2, 1, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0)).unbind()
    for output, said in {"v_prediction": -x0, "sample": x0, "velocity": eps - x0}.items():
        found = schedule(alpha, (1 - alpha**2).sqrt(), output=output).predict(eps, 0, said)
        torch.testing.assert_close(found.x0, x0)
        torch.testing.assert_close(found.eps, eps)


def test_an_unknown_kind_of_output_is_refused():
    with pytest.raises(InputError, match="predicts 'flow_prediction', which no sampler here can use"):
        schedule(VP, (1 - VP**2).sqrt(), output="flow_prediction")


def gaussian_spread(alpha, sigma, eta, spread, excess=1.0):
    """Standard deviation of what an exact denoiser of N(0, spread^2) ends with: every step is linear."""
    steps = schedule(alpha, sigma, eta, output="velocity")
    variance = (alpha[0] * spread) ** 2 + sigma[0] ** 2
    for i in range(steps.steps):
        scale = alpha[i] * spread**2 / ((alpha[i] * spread) ** 2 + sigma[i] ** 2)  # E[x0 | x] = scale x
        noise = sigma[i] / ((alpha[i] * spread) ** 2 + sigma[i] ** 2)  # E[eps | x] = noise x
        kept = (sigma[i + 1] ** 2 - steps.injected[i] ** 2).clamp_min(0).sqrt()
        variance = (alpha[i + 1] * scale + kept * noise) ** 2 * variance + (excess * steps.injected[i]) ** 2
    return variance.sqrt().item()


@pytest.mark.parametrize("eta", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("kind", ["variance-preserving", "flow"])
def test_the_spread_of_the_data_is_kept_whatever_noise_is_injected(kind, eta):
    time = torch.linspace(0, 1, 2001, dtype=torch.float64)
    if kind == "flow":
        alpha, sigma = time, 1 - time
    else:
        alpha = (0.005 + 0.995 * time).sqrt()
        sigma = (1 - alpha**2).clamp_min(0).sqrt()
    assert gaussian_spread(alpha, sigma, eta, spread=0.5) == pytest.approx(0.5, rel=0.01)


def test_more_noise_than_its_share_would_not_keep_it():
    """The check above can fail."""
    time = torch.linspace(0, 1, 2001, dtype=torch.float64)
    assert gaussian_spread(time, 1 - time, 1.0, spread=0.5, excess=1.2) > 0.55


def test_the_noise_of_ddim_is_that_of_its_paper():
    """Equation 16, in cumulative alphas."""
    levels = VP**2
    found = fresh_noise(VP, (1 - levels).sqrt(), eta=1.0)
    expected = ((1 - levels[1:]) / (1 - levels[:-1]) * (1 - levels[:-1] / levels[1:])).sqrt()
    torch.testing.assert_close(found, expected)


def test_where_there_is_no_signal_yet_the_noise_is_wholly_fresh():
    """A flow begins at alpha 0."""
    alpha = torch.tensor([0.0, 0.5, 1.0], dtype=torch.float64)
    torch.testing.assert_close(fresh_noise(alpha, 1 - alpha, 1.0), torch.tensor([0.5, 0.0], dtype=torch.float64))
