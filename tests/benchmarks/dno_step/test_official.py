"""The stand-in of the official loop does the work that our `dno` does."""

from itertools import islice
from math import log

import pytest
import torch

from bench.problem import seeded_problem
from bench.registry import METHODS, MODELS, REWARDS
from bench.sampling import probability
from benchmarks.dno_step.official import OfficialLoop, regularizer

PROMPT = "a red crab on a white background"
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def model():
    return MODELS.get("emoji").create({"steps": 3}).load(CPU)


def _problem(model, reward):
    return seeded_problem(model, reward, PROMPT, 0, model_name="emoji", method_name="dno")


@pytest.mark.parametrize("gamma", [0.0, 1.0])
def test_same_images_and_noise_as_ours_after_two_updates(model, gamma):
    reward = REWARDS.get("darkness").create({})
    ours = METHODS.get("dno").create({"gamma": gamma, "permutations": 3}).run(_problem(model, reward))
    beside = _problem(model, reward)
    loop = OfficialLoop(
        model, model.encode(PROMPT), reward, beside.draw_noise(1)[0],
        gamma=gamma, permutations=3, generator=beside.generator,
    )  # fmt: skip
    for offered in islice(ours, 3):
        torch.testing.assert_close(loop.noise[None].detach(), offered.noise, atol=1e-5, rtol=0)
        torch.testing.assert_close(loop.step(), offered.samples, atol=1e-4, rtol=0)


def test_the_gradient_is_that_of_the_reward(model):
    reward = REWARDS.get("darkness").create({})
    problem = _problem(model, reward)
    noise = problem.draw_noise(1).requires_grad_()
    (gradient,) = torch.autograd.grad(-problem.reward(problem.generate(noise)).mean(), noise)
    loop = OfficialLoop(model, model.encode(PROMPT), reward, noise[0].detach())
    loop.step()
    clipped = gradient[0] / max(1.0, float(gradient.norm()))
    torch.testing.assert_close(loop.noise.grad, clipped, atol=1e-6, rtol=1e-4)


@pytest.mark.parametrize("scale", [1.0, 1.3])
def test_the_regulariser_is_ours_and_a_constant(scale):
    noise = scale * torch.randn(6, 4, 8, 8, generator=torch.Generator().manual_seed(0))
    values, gradients = [], []
    for function in (regularizer, probability.regularizer):
        leaf = noise.clone().requires_grad_()
        value = function(leaf[None], 5, torch.Generator().manual_seed(1)).sum()
        value.backward()
        values.append(float(value.detach()))
        gradients.append(leaf.grad)
    assert values[0] - values[1] == pytest.approx(4 * log(2), rel=1e-4)
    torch.testing.assert_close(*gradients, atol=1e-4, rtol=1e-3)
