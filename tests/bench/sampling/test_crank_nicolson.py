"""Chains on Gaussians.

With phi(z) = -sum k (z - c)^2 / 2 they sample N(k c / (1 + k), 1 / (1 + k)), coordinate by coordinate.
"""

import pytest
import torch
from torch.distributions import Normal

from bench.sampling import crank_nicolson
from bench.sampling.crank_nicolson import ChainState, log_acceptance, moved, proposal

CURVATURE = torch.tensor([0.5, 3.0, 0.0], dtype=torch.float64)
CENTRE = torch.tensor([2.0, -1.0, 0.0], dtype=torch.float64)
VARIANCE = 1 / (1 + CURVATURE)
TARGET = Normal(CURVATURE * CENTRE * VARIANCE, VARIANCE.sqrt())
N, BURN_IN, STEPS, H = 4000, 60, 20, 0.5


def quadratic(noise, largest=torch.inf):
    gradient = -CURVATURE * (noise - CENTRE)
    return ChainState(noise, -(CURVATURE * (noise - CENTRE).square()).sum(1) / 2, gradient.clamp(-largest, largest))


def linear(noise):
    return ChainState(noise, noise @ CENTRE, CENTRE.expand_as(noise))


def normal(seed, n=N):
    return torch.randn(n, 3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def chain(state_at, step_size=H):
    """Where N chains end, and how often they accept."""
    here, generator, accepted = state_at(normal(0)), torch.Generator().manual_seed(1), []
    for _ in range(BURN_IN + STEPS):
        here, log_ratio = moved(here, state_at, step_size, generator)
        accepted.append(log_ratio.clamp(max=0).exp().mean())
    return here.noise, float(torch.stack(accepted[BURN_IN:]).mean())


def misses(noise):
    """How many standard errors the mean and the variance of each coordinate are off."""
    mean = (noise.mean(0) - TARGET.mean).abs() / (VARIANCE / len(noise)).sqrt()
    variance = (noise.var(0) - VARIANCE).abs() / (VARIANCE * (2 / len(noise)) ** 0.5)
    return float(torch.stack([mean, variance]).max())


def proposed_from(state, step_size):
    """The distribution of a proposal, from the formula."""
    rho = (1 - step_size / 4) / (1 + step_size / 4)
    scale = (1 - rho**2) ** 0.5
    return Normal(rho * state.noise + scale * step_size**0.5 / 2 * state.drift, scale)


@pytest.mark.parametrize("step_size", [0.01, 0.5, 4.0])
@pytest.mark.parametrize("state_at", [quadratic, linear, lambda noise: quadratic(noise, 0.3)])
def test_the_ratio_is_that_of_target_and_proposal_densities(state_at, step_size):
    here, there = state_at(normal(2, 50)), state_at(normal(3, 50))

    def log_joint(one, other):
        steps = proposed_from(one, step_size).log_prob(other.noise) + Normal(0.0, 1.0).log_prob(one.noise)
        return steps.sum(1) + one.tilt

    torch.testing.assert_close(log_acceptance(here, there, step_size), log_joint(there, here) - log_joint(here, there))


def test_proposals_are_drawn_from_that_density():
    here = quadratic(normal(4, 1).expand(200_000, 3))
    xi = torch.randn(here.noise.shape, generator=torch.Generator().manual_seed(5), dtype=torch.float64)
    found, expected = proposal(here, H, xi), proposed_from(here, H)
    torch.testing.assert_close(found.mean(0), expected.mean[0], atol=0.01, rtol=0)
    torch.testing.assert_close(found.std(0), expected.stddev[0], atol=0.01, rtol=0)


@pytest.mark.parametrize("step_size", [0.5, 1.0])
@pytest.mark.parametrize("largest", [torch.inf, 0.3])
def test_chains_sample_their_target(step_size, largest):
    """Whatever the step size, and with a drift that is clipped."""
    noise, _ = chain(lambda noise: quadratic(noise, largest), step_size)
    assert misses(noise) < 5


def without_drift(here, there, step_size):
    return there.tilt - here.tilt


def always(here, there, step_size):
    return torch.zeros_like(here.tilt)


def other_way_round(here, there, step_size):
    return log_acceptance(there, here, step_size)


@pytest.mark.parametrize("broken", [without_drift, always, other_way_round])
def test_with_another_ratio_they_do_not(broken, monkeypatch):
    monkeypatch.setattr(crank_nicolson, "log_acceptance", broken)
    noise, _ = chain(quadratic, 1.0)
    assert misses(noise) > 5


@pytest.mark.parametrize("step_size", [0.5, 1.0])
def test_chains_accept_as_often_as_they_should(step_size):
    """From exact draws of the target and the densities themselves."""
    torch.manual_seed(0)
    here = quadratic(TARGET.sample((200_000,)))
    there = quadratic(proposed_from(here, step_size).sample())
    back, forth = (
        (proposed_from(one, step_size).log_prob(other.noise) + TARGET.log_prob(one.noise)).sum(1)
        for one, other in ((there, here), (here, there))
    )
    expected = float((back - forth).clamp(max=0).exp().mean())
    assert 0.2 < expected < 0.98
    assert chain(quadratic, step_size)[1] == pytest.approx(expected, abs=0.01)


def test_under_a_linear_tilt_every_proposal_is_accepted():
    """There the chain is reversible without any correction."""
    noise, accepted = chain(linear)
    assert accepted == pytest.approx(1)
    assert float((noise.mean(0) - CENTRE).abs().max()) < 5 / N**0.5


def test_a_ratio_that_is_no_number_is_never_accepted():
    here = quadratic(normal(6, 5))
    after, log_ratio = moved(
        here, lambda noise: quadratic(noise)._replace(tilt=here.tilt * torch.nan), H, torch.Generator().manual_seed(0)
    )
    assert bool(log_ratio.isnan().all())
    torch.testing.assert_close(after, here)
