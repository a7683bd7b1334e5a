"""Psi-Sampler on a Gaussian model, whose clean prediction is linear in the initial noise: all of it is known."""

import math
from itertools import islice

import pytest
import torch

from bench.errors import InputError
from bench.registry import METHODS
from bench.testing.gaussian import GaussianModel, toy_problem
from tests.support.generators import ended

MODEL = GaussianModel(steps=4, mean=0.0, scale=2.0, latent_shape=(2,))
CURVATURE, CENTRE = torch.tensor([0.2, 1.0]), torch.tensor([2.0, -1.0])
TEMPERATURE, CHAINS, EACH, POPULATIONS = 1.0, 2000, 2, 6
GAIN = MODEL.alphas[0] * MODEL.scale**2 / (MODEL.alphas[0] ** 2 * MODEL.scale**2 + MODEL.sigmas[0] ** 2)
SMALL = {"particles": 4, "chains": 2, "burn_in": 3, "thinning": 2}


def problem(seed=0):
    here = toy_problem(seed, model=MODEL, reward=quadratic)
    generator = torch.Generator().manual_seed(seed)
    # All at once: the stream that methods share has a generator for each of thousands of noises.
    here.draw_noise = lambda n: torch.randn(n, *here.noise_shape, generator=generator)
    return here


def quadratic(samples, _):
    return -(samples - CENTRE).square() @ CURVATURE


def sampler(**options):
    sizes = {"particles": CHAINS * EACH, "chains": CHAINS, "burn_in": 40, "thinning": 10}
    return METHODS.get("psi-sampler").create({"max_gradient": None, **sizes, **options})


def chained(method, seed=0):
    here = problem(seed)
    noise, paid, info = ended(method.chain(here, TEMPERATURE, here.draw_noise(method.particles)))
    return here, noise, paid, info


@pytest.mark.parametrize("largest", [None, 0.2])
def test_chains_leave_the_noise_where_the_clean_prediction_earns_much(largest):
    """N(z; 0, 1) exp(-k (K z - c)^2 / T) is a Gaussian, with K the gain of the posterior mean at the first step."""
    _, noise, paid, _ = chained(sampler(max_gradient=largest))
    variance = 1 / (1 + 2 * CURVATURE * GAIN**2 / TEMPERATURE)
    mean = 2 * CURVATURE * GAIN * CENTRE / TEMPERATURE * variance
    initial = noise[:, 0]
    # The particles of a chain are alike, so that the chains count.
    assert float(((initial.mean(0) - mean).abs() / (variance / CHAINS).sqrt()).max()) < 5
    assert float(((initial.var(0) - variance).abs() / variance).max()) < 5 * math.sqrt(2 / CHAINS)
    torch.testing.assert_close(paid, quadratic(GAIN * initial, None) / TEMPERATURE, rtol=1e-4, atol=1e-4)


def test_proposals_drift_along_the_gradient_of_the_tilt_up_to_a_bound():
    """By the chain rule through the gain of the posterior mean; the bound is on the rms of the reward's gradient."""
    here, noise = problem(), torch.randn(5, 2, generator=torch.Generator().manual_seed(0))
    expected = 2 * CURVATURE * (CENTRE - GAIN * noise) * GAIN
    plain, bounded = (sampler(max_gradient=largest).state_at(here, 0.1, noise) for largest in (None, 1.0))
    torch.testing.assert_close(plain.drift, expected / 0.1, rtol=1e-4, atol=1e-4)
    rms = expected.square().mean(1, keepdim=True).sqrt()
    assert float(rms.min()) < 1 < float(rms.max())
    torch.testing.assert_close(bounded.drift, expected * (1 / rms).clamp_max(1) / 0.1, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(bounded.tilt, plain.tilt)


def test_only_the_initial_noise_is_moved():
    here, noise, _, _ = chained(sampler())
    drawn = problem().draw_noise(len(noise))
    torch.testing.assert_close(noise[:, 1:], drawn[:, 1:])
    assert noise.shape == (CHAINS * EACH, *here.noise_shape)


def test_particles_are_states_of_the_chains_far_from_each_other():
    """The chains end at the last of them, one state in `thinning` is taken, and none of the burn-in."""
    method, tracks = sampler(**SMALL, step_size=0.1), []
    here = problem()

    def watched(samples, _):
        tracks.append(samples)
        return quadratic(samples, _)

    here._reward = watched
    noise, _, _ = ended(method.chain(here, TEMPERATURE, here.draw_noise(4)))
    assert len(tracks) == 1 + 3 + 2 * 2
    clean = here.sampler.predict(here.sampler.start(noise[:, 0]), 0).x0
    for pair, upto in ((clean[:2], 1 + 3 + 2), (clean[2:], 1 + 3 + 2 * 2)):
        tried = torch.stack(tracks[:upto]).detach()
        assert all(bool((tried[:, chain] - pair[chain]).abs().sum(1).lt(1e-5).any()) for chain in range(2))
    assert not torch.equal(clean[:2], clean[2:])


def weighted(samples, log_weights):
    """Mean reward and mean sample under the weights."""
    weights = log_weights.double().softmax(0)
    return torch.cat([(weights @ quadratic(samples, None).double())[None], weights @ samples.double()])


def misses(pay):
    """How many standard errors weighted particles are off the base sampler's own distribution, tilted."""
    here = problem(99)
    base = here.generate(here.draw_noise(100_000))
    oracle, rows = weighted(base, quadratic(base, None) / TEMPERATURE), []
    for seed in range(POPULATIONS):
        method = sampler(particles=1500, chains=750)
        here, noise, paid, _ = chained(method, seed)
        found = ended(method.trajectory(here, TEMPERATURE, noise, paid if pay else 0.0))
        rows.append(weighted(found.candidates.samples, found.log_weights))
    error = torch.stack(rows).std(0) / math.sqrt(POPULATIONS)
    return float((((torch.stack(rows).mean(0) - oracle).abs() - 0.01).clamp_min(0) / error.clamp_min(1e-3)).max())


def test_weighted_particles_stand_for_the_tilted_target():
    assert misses(pay=True) < 5


def test_to_weigh_them_by_what_the_chains_have_paid_is_once_too_often():
    """As the official code does (`init_weight_method: reward`)."""
    assert misses(pay=False) > 5


def test_acceptance_is_logged_before_and_after_the_burn_in():
    offered = next(one for one in METHODS.get("psi-sampler").create(SMALL).run(problem()) if one is not None)
    assert {"acceptance_burn_in", "acceptance", "effective_particles"} <= offered.info.keys()
    assert 0 < offered.info["acceptance"] <= 1
    assert 0 < offered.info["acceptance_burn_in"] <= 1


def test_it_looks_up_after_each_step_of_the_chains_and_of_the_trajectory():
    yields = list(islice(METHODS.get("psi-sampler").create(SMALL).run(problem()), 2 * (3 + 4 + 4 + 1)))
    offers = [i for i, one in enumerate(yields) if one is not None]
    assert offers == [3 + 4 + 4, 2 * (3 + 4 + 4 + 1) - 1]


def test_a_gradient_that_is_not_finite_is_said():
    here = toy_problem(model=MODEL, reward=lambda samples, _: (0 * samples).sum(1).sqrt())
    for options in (SMALL, {**SMALL, "max_gradient": None}):
        with pytest.raises(FloatingPointError, match="networks in fp16 overflow"):
            next(METHODS.get("psi-sampler").create(options).run(here))


def test_a_gradient_that_overflows_is_said_with_the_temperature():
    with pytest.raises(FloatingPointError, match="temperature, 1e-40, moves particles without bound"):
        next(METHODS.get("psi-sampler").create({**SMALL, "temperature": 1e-40}).run(problem()))


def test_rewards_as_small_as_fp16_has_them_move_chains_by_their_noise_alone():
    here = toy_problem(model=MODEL, reward=lambda samples, _: 2.0**-24 * quadratic(samples, None))
    offered = next(one for one in METHODS.get("psi-sampler").create(SMALL).run(here) if one is not None)
    assert torch.isfinite(offered.noise).all()
    assert offered.info["acceptance"] == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"chains": 3}, "chains must be at least 1 and divide particles, got 3 of 10"),
        ({"burn_in": 0}, "burn_in and thinning must be at least 1"),
        ({"step_size": 4.5}, r"step_size in \(0, 4\], got 25, 12 and 4.5"),
        ({"max_gradient": -1.0}, "max_gradient must be positive"),
    ],
)
def test_bad_options_are_refused(options, message):
    with pytest.raises(InputError, match=message):
        METHODS.get("psi-sampler").create(options)
