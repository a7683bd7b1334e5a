"""What stays loaded: which rewards are replayed beside a model that is."""

import pytest
import torch

from bench.models.emoji import Emoji
from bench.models.replay import Replay
from bench.problem import seeded_problem
from bench.run.loaded import Loaded
from tests.support.cells import make_emoji_cell
from tests.support.tape import Tapes


@pytest.fixture
def tapes(monkeypatch):
    """The double of CUDA graphs under every `emoji` that is loaded."""
    made, load = Tapes(), Emoji.load

    def loaded(spec, device):
        model = load(spec, device)
        model.replay, model.recompute = Replay(made), "steps"
        return model

    monkeypatch.setattr(Emoji, "load", loaded)
    return made


def gradient(cell):
    loaded = Loaded(torch.device("cpu"))
    loaded.load(cell)
    problem = seeded_problem(loaded.model, loaded.reward, "white duck", 0, model_name="emoji")
    noise = problem.draw_noise(1).requires_grad_()
    rewards = problem.reward(problem.generate(noise))
    rewards.mean().backward()
    return rewards.detach(), noise.grad


@pytest.mark.parametrize("reward", ["darkness", "emoji-alignment"])
def test_a_reward_beside_a_replayed_model_changes_no_value(reward, tapes, monkeypatch):
    cell = make_emoji_cell("dno", {}, reward=reward)
    found, with_reward = gradient(cell), tapes.made
    monkeypatch.setattr("bench.run.loaded.replayed", lambda name, own, replay: own)
    expected = gradient(cell)
    assert with_reward == 1 + (tapes.made - with_reward)  # the reward's, beside those of the model
    for one, other in zip(found, expected, strict=True):
        assert torch.equal(one, other)


def test_a_black_box_is_not_recorded(tapes):
    loaded = Loaded(torch.device("cpu"))
    loaded.load(make_emoji_cell("base", {}, reward="jpeg-compressibility"))
    made = tapes.made
    loaded.reward(torch.zeros(1, 3, 32, 32), ["white duck"])
    assert tapes.made == made
