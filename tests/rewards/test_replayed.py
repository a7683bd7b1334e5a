"""Every reward that is a function of tensors, replayed on the double of CUDA graphs: to the bit what runs eagerly."""

import pytest
import torch

from bench.models.replay import Replay
from bench.registry import REWARDS, TensorReward
from bench.run.replayed_reward import replayed
from tests.support.tape import Tapes

RECORDED = ["aesthetic", "brightness", "clipscore", "contrast", "darkness", "emoji-alignment", "hpsv2", "hpsv2.1",
            "imagereward", "pickscore"]  # fmt: skip


def images(seed):
    return torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(seed))


def scored(reward, samples, prompts, weights):
    """Scores and the gradient of their weighted sum."""
    samples = samples.clone().requires_grad_()
    scores = reward(samples, prompts)
    (gradient,) = torch.autograd.grad(scores, samples, weights)
    return scores.detach(), gradient


@pytest.mark.parametrize("name", RECORDED)
def test_scores_and_gradients_are_to_the_bit_the_rewards_own(name, reward):
    own, tapes = reward(name), Tapes()
    graph = replayed(name, own, Replay(tapes))
    halves, other = torch.tensor([-0.5, -0.5]), torch.tensor([0.3, -2.1])
    for seed, prompt in enumerate(["a white duck", "cat", "cat"]):
        prompts = [prompt, "an owl"]
        expected = scored(own, images(seed), prompts, halves)
        for one, found in zip(expected, scored(graph, images(seed), prompts, halves), strict=True):
            assert torch.equal(one, found)
        with torch.no_grad():
            assert torch.equal(graph(images(seed), prompts), expected[0])
        one, found = (scored(each, images(seed), prompts, other)[1] for each in (own, graph))
        assert (one - found).norm() < 1e-5 * one.norm()
    assert tapes.made == 2  # with and without gradient, whatever the prompt


def test_all_rewards_that_can_be_recorded_are_checked_here(reward):
    shipped = [name for name in REWARDS.names() if REWARDS.get(name).factory.__module__.startswith("rewards.")]
    declared = [name for name in shipped if issubclass(REWARDS.get(name).factory, TensorReward)]
    assert sorted(name for name in declared if REWARDS.get(name).facts.differentiable) == RECORDED


def test_a_reward_that_waits_for_the_device_runs_eagerly_with_one_warning():
    class Waits(TensorReward):
        def told(self, prompts, device):
            return ()

        def score(self, samples, *told):
            means = samples.flatten(1).mean(1)
            return means if float(means.sum().detach()) > 0 else -means

    graph = replayed("waits", Waits(), Replay(Tapes()))
    with pytest.warns(UserWarning, match="waits cannot be replayed as a graph"):
        found = scored(graph, images(0), ["cat"] * 2, torch.ones(2))
    for one, expected in zip(found, scored(Waits(), images(0), ["cat"] * 2, torch.ones(2)), strict=True):
        assert torch.equal(one, expected)
