"""What methods do step by step: which candidates they try, keep and weigh, by hand."""

import itertools
from collections import Counter

import pytest
import torch

from bench.problem import seeded_problem
from bench.registry import METHODS, MODELS, REWARDS
from bench.sampling import particles
from bench.sampling.guidance import promise
from bench.sampling.particles import effective_sample_size
from bench.sampling.resampling import resample
from bench.testing.gaussian import GaussianModel, toy_problem
from tests.support.generators import population

POTENTIALS = ["diff", "max", "add", "rt"]


def mixture_problem(steps=10):
    model = MODELS.get("mixture").create({"steps": steps}).load(torch.device("cpu"))
    return seeded_problem(model, REWARDS.get("quadratic").create({}), "", 3, model_name="mixture", method_name="test")


def told(rewards, steps=5):
    """A problem whose rewards are given one after another, and its predictions as (step, how many)."""
    given = iter(rewards)
    problem = toy_problem(
        model=GaussianModel(steps=steps), reward=lambda samples, _: torch.tensor([next(given) for _ in samples])
    )
    predict, seen = problem.sampler.predict, []

    def watched(latent, step):
        seen.append((step, len(latent)))
        return predict(latent, step)

    problem.sampler.predict = watched
    return problem, seen


def first_offer(name, options, problem):
    return next(one for one in METHODS.get(name).create(options).run(problem) if one is not None)


def resampled_at(monkeypatch):
    """The log-weights that are resampled by, and all whose effective size is asked for."""
    resampled, looked_at = [], []

    def watched_resample(log_weights, *rest):
        resampled.append(log_weights)
        return resample(log_weights, *rest)

    def watched_size(log_weights):
        looked_at.append(log_weights)
        return effective_sample_size(log_weights)

    monkeypatch.setattr(particles, "resample", watched_resample)
    monkeypatch.setattr(particles, "effective_sample_size", watched_size)
    return resampled, looked_at


@pytest.mark.parametrize("potential", POTENTIALS)
def test_fk_weights_are_carried_where_nothing_is_resampled(potential):
    """Rewards count so little that all particles stay: the weights are those of importance sampling."""
    method = METHODS.get("fk-steering").create({"potential": potential, "adaptive": True, "particles": 6})
    found = population(method, mixture_problem(), 1e3)
    torch.testing.assert_close(found.log_weights, found.candidates.rewards / 1e3, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("potential", POTENTIALS)
def test_fk_weighs_first_by_the_promised_reward(potential, monkeypatch):
    resampled, _ = resampled_at(monkeypatch)
    method = METHODS.get("fk-steering").create({"potential": potential, "particles": 6})
    population(method, mixture_problem(), 2.0)
    problem = mixture_problem()
    noise = problem.draw_noise(6)
    latent = problem.sampler.start(noise[:, 0])
    for step in range(2):
        latent = problem.sampler.step(problem.sampler.predict(latent, step), step, noise[:, step + 1])
    torch.testing.assert_close(resampled[0], problem.reward(problem.sampler.predict(latent, 2).x0) / 2)
    assert len(resampled) == 4


@pytest.mark.parametrize(
    ("options", "steps", "cuts"),
    [
        ({}, 100, [20, 40, 60, 80]),
        ({}, 10, [2, 4, 6, 8]),
        ({"first": 0.0, "last": 1.0, "every": 0.25}, 8, [1, 3, 5, 7]),
        ({"first": 0.5, "last": 0.5}, 10, [5]),
    ],
)
def test_fk_resamples_from_the_first_step_to_the_last(options, steps, cuts):
    assert list(METHODS.get("fk-steering").create(options).cuts(steps)) == cuts


def das_by_hand(tempering):
    """A trajectory that never resamples: the method, its population, and the problem and noise that it began with."""
    method = METHODS.get("das").create({"particles": 3, "threshold": 0.0, "tempering": tempering})
    found = population(method, mixture_problem(), 0.5)
    problem = mixture_problem()
    return method, found, problem, problem.draw_noise(3)


@pytest.mark.parametrize("tempering", [1.0, 1.22, None])
def test_das_moves_noise_by_std_lambda_gradient(tempering):
    method, found, problem, drawn = das_by_hand(tempering)
    sampler, noise = problem.sampler, found.candidates.noise
    latent = sampler.start(drawn[:, 0])
    for step in range(sampler.steps):
        prediction, _, gradient = promise(problem, latent, step)
        std = sampler.transition(prediction, step).std
        pushed = std * method.share(step + 1, sampler.steps) * gradient / 0.5
        torch.testing.assert_close(noise[:, step + 1] - drawn[:, step + 1], pushed, rtol=1e-3, atol=1e-4)
        latent = sampler.step(prediction, step, noise[:, step + 1])
    assert float((noise - drawn).abs().max()) > 0.1


@pytest.mark.parametrize("tempering", [1.0, 1.22, None])
def test_das_weights_are_reward_times_base_over_proposal(tempering):
    _, found, _, drawn = das_by_hand(tempering)
    moved = found.candidates.noise
    ratio = (drawn.square() - moved.square()).flatten(1).sum(1) / 2  # of densities of standard normal noise
    torch.testing.assert_close(found.log_weights, found.candidates.rewards / 0.5 + ratio, rtol=1e-3, atol=1e-3)


def test_das_resamples_where_few_particles_count(monkeypatch):
    resampled, looked_at = resampled_at(monkeypatch)
    population(METHODS.get("das").create({"particles": 8}), mixture_problem(25), 0.3)
    few = [one for one in looked_at if effective_sample_size(one) <= 4]
    assert 0 < len(few) < len(looked_at) == 25
    assert len(resampled) == len(few)
    assert all(one is other for one, other in zip(resampled, few, strict=True))


def test_rbf_spends_at_the_next_step_what_one_did_not_need():
    """Beaten at once, then never: 1 and 2 q - 1 tries; what an earlier step had earned must still be beaten."""
    problem, seen = told(itertools.chain([0.0, 5.0], [3.0] * 19, [4.0] * 10, itertools.repeat(1.0)))
    first_offer("rbf", {"predictions": 41, "starts": 1}, problem)
    assert Counter(step for step, _ in seen) == {0: 1, 1: 1, 2: 19, 3: 10, 4: 10}


def test_rbf_goes_on_from_the_best_start():
    problem, _ = told(itertools.chain([0.0, 2.0, 1.0], itertools.repeat(0.0)))
    offered = first_offer("rbf", {"predictions": 41, "starts": 3}, problem)
    torch.testing.assert_close(offered.noise[0, 0], toy_problem().draw_noise(3)[1, 0])


def test_rbf_has_as_many_predictions_a_sample_as_the_official_code():
    method = METHODS.get("rbf").create({})
    assert (method.predictions, method.quota(10)) == (250, 25)


def test_dsearch_keeps_the_best_beams():
    problem, _ = told([0.0, 1.0, 0.0], steps=2)
    offered = first_offer("dsearch", {"beams": 2, "candidates": 2}, problem)
    drawn = toy_problem(model=GaussianModel(steps=2)).draw_noise(2)
    torch.testing.assert_close(offered.noise, drawn[1:])


def test_dsearch_gives_the_candidates_of_dropped_beams_to_the_others_at_once():
    """4, 3, 2, 1 beams share 11 candidates."""
    problem, seen = told(itertools.repeat(0.0))
    first_offer("dsearch", {"beams": 4, "candidates": 11}, problem)
    assert seen == [(0, 4), (1, 4 * 2), (2, 3 * 3), (3, 2 * 5), (4, 11)]


@pytest.mark.parametrize("epsilon", [0.0, 0.25, 1.0])
def test_epsilon_is_the_share_of_fresh_candidates(epsilon):
    method = METHODS.get("epsilon-greedy").create({"epsilon": epsilon, "candidates": 2000})
    pivot = torch.randn(1, 48, generator=torch.Generator().manual_seed(0))
    found = method.around(pivot, torch.Generator().manual_seed(1))
    near = ((found - pivot).flatten(1).norm(dim=1) <= 0.15 * 48**0.5 * (1 + 1e-5)).float().mean()
    assert float(near) == pytest.approx(1 - epsilon, abs=0.04 if 0 < epsilon < 1 else 0)


@pytest.mark.parametrize(
    ("name", "options", "sizes"),
    [
        ("svdd", {"children": 3}, [1, 3, 3, 3, 3]),
        ("code", {"children": 3, "block": 2}, [1, 3, 1, 3, 1]),
        ("code", {"children": 3, "block": 4}, [1, 3, 1, 1, 1]),
    ],
)
def test_candidates_are_tried_at_the_first_step_of_each_block(name, options, sizes):
    problem, seen = told(itertools.repeat(0.0))
    first_offer(name, options, problem)
    assert seen == list(enumerate(sizes))
