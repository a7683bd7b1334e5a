"""Greedy searches claim no target: they earn more the more candidates they have, and with one they are the base."""

import itertools
import math
from itertools import islice

import pytest
import torch

from bench.errors import InputError
from bench.problem import Prediction, seeded_problem
from bench.registry import METHODS, MODELS, REWARDS
from bench.sampling.look_ahead import rolled_out
from bench.sampling.sphere import neighbours, onto_sphere
from bench.suite.compatibility import check_cell
from bench.testing.gaussian import GaussianModel, toy_problem
from methods.demon import combined
from methods.search_over_paths import SearchOverPaths
from methods.snes import updated
from tests.support.cells import make_emoji_cell

SEEDS = 16
INSIDE = [  # methods inside a trajectory: options with one candidate, with a few, with many
    ("svdd", {"children": 1}, {"children": 3}, {"children": 12}),
    ("code", {"children": 1}, {"children": 3}, {"children": 12}),
    ("demon", {"candidates": 1}, {"candidates": 4}, {"candidates": 16}),
    ("dsearch", {"beams": 1, "candidates": 1}, {"beams": 1, "candidates": 4}, {"beams": 1, "candidates": 16}),
    ("rbf", {"predictions": 10, "starts": 1}, {"predictions": 30, "starts": 4}, {"predictions": 80, "starts": 20}),
]


def mixture_problem(seed, reward="quadratic", steps=10, **options):
    model = MODELS.get("mixture").create({"steps": steps, **options}).load(torch.device("cpu"))
    return seeded_problem(model, REWARDS.get(reward).create({}), "", seed, model_name="mixture", method_name="test")


def first_offer(name, options, seed):
    run = METHODS.get(name).create(options).run(mixture_problem(seed))
    return next(one for one in run if one is not None)


def mean_reward(name, options):
    return sum(float(first_offer(name, options, seed).rewards.max()) for seed in range(SEEDS)) / SEEDS


@pytest.mark.parametrize(("name", "one", "few", "many"), INSIDE)
def test_more_candidates_earn_more(name, one, few, many):
    assert mean_reward(name, one) < mean_reward(name, few) < mean_reward(name, many)


@pytest.mark.parametrize(("name", "one"), [(name, one) for name, one, *_ in INSIDE])
def test_one_candidate_is_the_base_sampler(name, one):
    if name == "rbf":  # it has 10 predictions for 10 steps: one candidate each
        assert METHODS.get(name).create(one).quota(10) == 1
    for seed in range(3):
        offered = first_offer(name, one, seed)
        problem = mixture_problem(seed)
        torch.testing.assert_close(offered.samples, problem.generate(problem.draw_noise(1)))


@pytest.mark.parametrize("name", [name for name, *_ in INSIDE] + ["epsilon-greedy", "psp"])
def test_noise_makes_the_sample(name):
    offered = first_offer(name, {}, 5)
    torch.testing.assert_close(mixture_problem(5).generate(offered.noise), offered.samples, rtol=1e-4, atol=1e-4)


def test_what_is_left_over_at_a_step_rolls_over():
    """A reward that rises is beaten at once; one that falls never is, and all of the quota goes."""

    def tries(change):
        rewards = itertools.count(0.0, change)
        problem = toy_problem(reward=lambda samples, _: torch.tensor([next(rewards) for _ in samples]))
        run = METHODS.get("rbf").create({"predictions": 41, "starts": 1}).run(problem)
        return len(list(itertools.takewhile(lambda offered: offered is None, run)))

    assert tries(+1.0) == 4  # one candidate at each of the four steps that have noise
    assert tries(-1.0) == 40


def test_demon_pushes_from_what_earns_less_and_stays_on_the_sphere():
    noise = torch.randn(3, 2, 5, generator=torch.Generator().manual_seed(0))
    rewards = torch.tensor([[1.0, 0.0], [2.0, 0.0], [6.0, 0.0]])
    found = combined(noise, rewards)
    weights = [math.tanh((one - 3) / math.sqrt(7)) for one in (1.0, 2.0, 6.0)]
    direction = sum(weight * one for weight, one in zip(weights, noise[:, 0], strict=True))
    torch.testing.assert_close(found[0], direction / direction.norm() * math.sqrt(5))
    even = noise[:, 1].sum(0)  # all earn the same: all weights are 1
    torch.testing.assert_close(found[1], even / even.norm() * math.sqrt(5))


def test_rollout_follows_the_ode():
    """With as many steps as are left it is the deterministic sampler."""
    problem, ode = mixture_problem(0), mixture_problem(0, eta=0.0)
    noise = problem.draw_noise(2)
    latent = ode.sampler.start(noise[:, 0])
    for step in range(5):
        latent = ode.sampler.step(ode.sampler.predict(latent, step), step, noise[:, 0])
    here = problem.sampler.predict(latent, 5)
    found = rolled_out(problem, here, 5, 5).x0
    for step in range(5, 10):
        prediction: Prediction = ode.sampler.predict(latent, step)
        latent = ode.sampler.step(prediction, step, noise[:, 0])
    torch.testing.assert_close(found, prediction.x0)


def test_neighbours_keep_norm_and_cosine_of_each_row():
    pivot = torch.randn(4, 3, 2, generator=torch.Generator().manual_seed(0))
    found = neighbours(pivot, 0.9, 64, torch.Generator().manual_seed(1))
    torch.testing.assert_close(found.flatten(2).norm(dim=2), pivot.flatten(1).norm(dim=1).expand(64, 4))
    cosines = torch.nn.functional.cosine_similarity(found.flatten(2), pivot.flatten(1)[None], dim=2)
    torch.testing.assert_close(cosines, torch.full((64, 4), 0.9))
    assert found.flatten(1).unique(dim=0).shape[0] == 64


@pytest.mark.parametrize("name", ["zero-order", "cma-es", "snes"])
def test_searches_of_noise_reach_the_optimum_on_the_sphere(name):
    """The reward is one number of the sample, which grows with the same number of row 0: at most the row's norm."""
    model = GaussianModel(steps=1, scale=1.0, mean=0.0, latent_shape=(1, 2, 2))
    problem = toy_problem(model=model, reward=lambda samples, _: samples.flatten(1)[:, 0])
    offers = list(islice(METHODS.get(name).create({}).run(problem), 200))
    best = max(float(one.rewards.max()) for one in offers[1:])
    unit = torch.zeros(1, *problem.noise_shape)
    unit[0, 0, 0, 0, 0] = math.sqrt(unit[0, 0].numel())
    optimum = float(problem.generate(unit).flatten()[0])
    if name == "zero-order":  # it keeps its pivot's own norm, and draws new pivots for ever
        assert best > 0.9 * optimum
    else:
        assert 0.95 * optimum < best <= optimum * (1 + 1e-5)
        norms = torch.cat([one.noise[:, 0].flatten(1).norm(dim=1) for one in offers[1:]])
        torch.testing.assert_close(norms, torch.full_like(norms, 2.0))


@pytest.mark.parametrize("name", ["cma-es", "snes", "zero-order"])
@pytest.mark.parametrize("eta", [0.0, 1.0])
def test_searches_of_noise_move_what_the_sampler_uses_and_no_norm_flows_between_rows(name, eta):
    problem = toy_problem(model=GaussianModel(steps=3, eta=eta))
    first, *later = islice(METHODS.get(name).create({}).run(problem), 6)
    noise = torch.cat([one.noise for one in later[: 1 if name == "zero-order" else None]])
    used = [0] if eta == 0 else [0, 1, 2]  # the last step injects none
    moved = (noise != first.noise).flatten(2).any(2).any(0)
    assert moved.nonzero().flatten().tolist() == used
    norms = noise[:, used].flatten(2).norm(dim=2)
    expected = first.noise[:, used].flatten(2).norm(dim=2) if name == "zero-order" else torch.tensor(math.sqrt(48))
    torch.testing.assert_close(norms, expected.expand_as(norms))


def test_snes_follows_the_papers_update():
    """By hand, for three individuals of two numbers."""
    mean, deviation = torch.tensor([[1.0, -1.0]]), torch.tensor([[0.5, 2.0]])
    drawn = torch.tensor([[1.0, 0.0], [-1.0, 2.0], [0.5, -0.5]])
    found_mean, found_deviation = updated(mean, deviation, drawn, torch.tensor([0.0, 5.0, 1.0]))
    raw = [max(0.0, math.log(2.5) - math.log(rank)) for rank in (1, 2, 3)]
    second, third, first = (raw[rank] / sum(raw) - 1 / 3 for rank in (1, 2, 0))  # utilities by rank
    step = first * drawn[1] + second * drawn[2] + third * drawn[0]
    growth = first * (drawn[1] ** 2 - 1) + second * (drawn[2] ** 2 - 1) + third * (drawn[0] ** 2 - 1)
    rate = (3 + math.log(2)) / (5 * math.sqrt(2))
    torch.testing.assert_close(found_mean, mean + deviation * step)
    torch.testing.assert_close(found_deviation, deviation * (rate / 2 * growth).exp())


def test_what_is_drawn_lies_on_the_sphere_of_each_row():
    found = onto_sphere(torch.randn(7, 3, 5, generator=torch.Generator().manual_seed(0)))
    torch.testing.assert_close(found.norm(dim=2), torch.full((7, 3), math.sqrt(5)))


def test_every_way_on_leads_further():
    for steps in (3, 5, 12, 50):
        level, search = max(1, round(0.25 * steps)), SearchOverPaths()
        while level < steps:
            noisier, further = search.levels(level, steps)
            assert 0 <= noisier < level < further <= steps
            level = further


def test_halving_spends_what_whole_trajectories_would():
    """2 N seeds: N T predictions, as N whole trajectories (section 3.27 of the cards: 1/2 + 1/4 + 1/4)."""
    problem = toy_problem(model=GaussianModel(steps=8))
    run = METHODS.get("psp").create({"seeds": 8}).run(problem)
    next(one for one in run if one is not None)
    assert problem._meter.denoiser_evals == 4 * 8
    assert problem._meter.decodes == problem._meter.reward_calls == 8 + 4 + 2


def test_halving_keeps_the_better_half():
    problem, all_of_them = toy_problem(model=GaussianModel(steps=8)), toy_problem(model=GaussianModel(steps=8))
    offered = next(one for one in METHODS.get("psp").create({"seeds": 8}).run(problem) if one is not None)
    noise = all_of_them.draw_noise(8)
    rewards = all_of_them.reward(all_of_them.generate(noise))
    assert len(offered.noise) == 2
    assert float(offered.rewards.mean()) > float(rewards.mean())
    assert all(any(torch.equal(one, other) for other in noise) for one in offered.noise)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("fk-steering", {"particles": 1}, "at least 2"),
        ("fk-steering", {"first": 0.9, "last": 0.1}, "first <= last"),
        ("das", {"temperature": 0.0}, "temperature must be positive, or auto"),
        ("das", {"tempering": 0.5}, "tempering must be at least 1"),
        ("svdd", {"children": 0}, "children must be at least 1"),
        ("psp", {"cuts": [0.5, 0.25]}, "ascending"),
        ("psp", {"seeds": 2}, "seeds must be at least 4"),
        ("dsearch", {"beams": 30}, "beams <= candidates"),
        ("rbf", {"starts": 500}, "starts must be in"),
        ("rbf", {"predictions": 26}, "predictions must be at least"),
        ("search-over-paths", {"back": 0.6}, "back below forward"),
        ("zero-order", {"cosine": 1.0}, "cosine in"),
        ("epsilon-greedy", {"epsilon": 2.0}, "epsilon in"),
        ("cma-es", {"population": 1}, "population must be at least 2"),
        ("snes", {"spread": 0.0}, "spread positive"),
    ],
)
def test_options_that_make_no_sense_are_refused(name, options, message):
    with pytest.raises(InputError, match=message):
        check_cell(make_emoji_cell(name, options))


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("code", {"block": 10}, "block must be below the model's 10 steps, got 10"),
        ("fk-steering", {"first": 0.95, "last": 1.0}, "none of the model's 10 steps to resample at"),
        ("rbf", {"predictions": 26}, "predictions must be at least"),
        ("psp", {"cuts": [0.01, 0.02]}, "too few"),
    ],
)
def test_a_model_of_too_few_steps_is_refused(name, options, message):
    with pytest.raises(ValueError, match=message):
        METHODS.get(name).create(options).check_model(MODELS.get("mixture").create({"steps": 10}))


@pytest.mark.parametrize(
    "name", ["fk-steering", "das", "tds", "svdd", "code", "demon", "dsearch", "rbf", "epsilon-greedy"]
)
def test_a_sampler_without_noise_is_refused(name):
    model = MODELS.get("mixture").create({"eta": 0.0})
    with pytest.raises(ValueError, match="eta > 0"):
        METHODS.get(name).create({}).check_model(model)
