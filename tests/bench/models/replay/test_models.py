"""Every family, replayed on the double of CUDA graphs, equals itself run eagerly, to the bit."""

import warnings

import pytest
import torch

from bench.models.emoji import Emoji
from bench.models.replay import Replay
from bench.problem import Meter, seeded_problem
from bench.registry import METHODS, REWARDS
from tests.support.standins.pipelines import STANDINS
from tests.support.tape import Tapes

CPU = torch.device("cpu")
PROMPT = "a white duck"


@pytest.fixture
def family(load):
    def loaded(name, **options):
        return Emoji(**options).load(CPU) if name == "emoji" else load(name, **options)

    return loaded


def replayed(model):
    model.replay, model.recompute = Replay(Tapes()), "steps"
    return model


def made(model):
    return model.replay._recorder.made


def problem_of(model, prompt=PROMPT, meter=None):
    reward = REWARDS.get("brightness").create({})
    return seeded_problem(model, reward, prompt, 0, model_name="m", meter=meter)


def trajectory(problem, n=1):
    noise = problem.draw_noise(n).requires_grad_()
    samples = problem.generate(noise)
    problem.reward(samples).sum().backward()
    return samples.detach(), noise.grad


def same(found, expected):
    return all(torch.equal(one, other) for one, other in zip(found, expected, strict=True))


@pytest.mark.parametrize("name", ["emoji", *STANDINS])
def test_samples_and_gradients_of_a_trajectory(name, family):
    """Two trajectories on one pair of recordings of the network and one of the decoder."""
    model = replayed(family(name, steps=2))
    with warnings.catch_warnings(action="error", category=UserWarning):
        problems = problem_of(family(name, steps=2)), problem_of(model)
        for _ in range(2):
            assert same(trajectory(problems[1]), trajectory(problems[0]))
    assert made(model) == 4


@pytest.mark.parametrize("name", ["emoji", *STANDINS])
def test_another_prompt_other_steps_and_a_second_batch(name, family):
    model = replayed(family(name, steps=2))
    for prompt, options, n, recordings in [
        (PROMPT, {}, 1, 4),
        ("a red cat", {}, 1, 4),
        (PROMPT, {"steps": 3}, 1, 4),
        (PROMPT, {}, 2, 8),
        (PROMPT, {}, 1, 8),
    ]:
        found = trajectory(problem_of(model, prompt).with_sampling(**options), n)
        expected = trajectory(problem_of(family(name, steps=2), prompt).with_sampling(**options), n)
        assert same(found, expected)
        assert made(model) == recordings


@pytest.mark.parametrize("name", ["emoji", "sd15", "sdxl", "sd3-medium", "lcm"])
def test_another_guidance_needs_no_other_recording_but_that_of_none(name, family):
    model = replayed(family(name, steps=2))
    for guidance in (3.0, 5.5, 1.0):
        found = trajectory(problem_of(model).with_sampling(guidance=guidance))
        assert same(found, trajectory(problem_of(family(name, steps=2)).with_sampling(guidance=guidance)))
    assert made(model) == (4 if name == "lcm" else 6)


@pytest.mark.parametrize(("method", "options"), [("dno", {}), ("best-of-n", {}), ("doodl", {"steps": 4})])
def test_what_methods_offer(method, options, family):
    found = []
    for model in (family("emoji", steps=3), replayed(family("emoji", steps=3))):
        run = METHODS.get(method).create(options).run(problem_of(model))
        offers = [next(run) for _ in range(3)]
        found.append([(one.samples.detach(), one.rewards.detach(), one.noise.detach()) for one in offers])
    for expected, offer in zip(*found, strict=True):
        assert same(offer, expected)


def test_trajectories_of_two_batches_may_be_interleaved(family):
    model, eager = replayed(family("sd15", steps=2)), family("sd15", steps=2)
    results = []
    for one in (model, eager):
        problem = problem_of(one)
        noises = [problem.draw_noise(n).requires_grad_() for n in (1, 2)]
        samples = [problem.generate(noise) for noise in noises]
        sum(problem.reward(part).sum() for part in samples).backward()
        results.append([*samples, *(noise.grad for noise in noises)])
    assert same(*results)


@pytest.mark.parametrize(("recompute", "evals", "decodes"), [("none", 1, 1), ("steps", 2, 2), ("blocks", 3, 3)])
def test_the_meter_counts_what_replays_run_again(recompute, evals, decodes, load):
    model, meter = replayed(load("sd15", steps=2, recompute=recompute)), Meter()
    model.recompute = recompute
    eager = load("sd15", steps=2, recompute=recompute)
    assert same(trajectory(problem_of(model, meter=meter)), trajectory(problem_of(eager)))
    assert meter.counts() == {
        "denoiser_evals": 2 * 2 * evals,
        "decodes": decodes,
        "reward_calls": 1,
        "backward_evals": 2 * 2,
    }


def test_where_nothing_is_recomputed_gradients_are_eager_and_the_rest_is_replayed(load):
    model = replayed(load("sd15", steps=2))
    model.recompute = "none"
    trajectory(problem_of(model))
    assert made(model) == 0
    with torch.no_grad():
        problem = problem_of(model)
        problem.generate(problem.draw_noise(1))
    assert made(model) == 2


def test_a_trajectory_keeps_its_latents_alone(family):
    model = replayed(family("emoji", steps=4))
    problem = problem_of(model)
    trajectory(problem)  # recorded
    kept = {}
    with torch.autograd.graph.saved_tensors_hooks(lambda one: kept.setdefault(id(one), one), lambda one: one):
        problem.generate(problem.draw_noise(1).requires_grad_())
    assert {tuple(one.shape) for one in kept.values()} == {(1, *model.latent_shape)}
    assert len(kept) == 4 + 1  # each step's, and the decoder's


def test_what_is_chosen_is_what_is_replayed(load):
    model = replayed(load("sd15", steps=2))
    assert model.chosen["replay"] == "graphs"
    assert model.with_sampling(steps=3).replay is model.replay
