"""A reward that has seen its prompt copies nothing to the device and reads nothing from it."""

import pytest
import torch

from bench.registry import REWARDS
from tests.support.transfers import HostTransferError, no_transfers

DIFFERENTIABLE = [
    name
    for name in REWARDS.names()
    if REWARDS.get(name).facts.differentiable and REWARDS.get(name).factory.__module__.startswith("rewards.")
]


@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_nothing_is_copied_for_a_score_and_its_gradient(name, reward):
    scorer, prompts = reward(name), ["a white duck"] * 2
    shape = (2, 2) if REWARDS.get(name).facts.media == ("points",) else (2, 3, 32, 32)
    samples = torch.zeros(shape, device="meta", requires_grad=True)
    scorer(samples, prompts)  # loads, and encodes the prompt
    with no_transfers():
        scorer(samples, prompts).sum().backward()
    assert samples.grad.shape == shape


def test_a_black_box_waits_for_the_device(reward):
    with pytest.raises(HostTransferError), no_transfers():
        reward("jpeg-compressibility")(torch.zeros(1, 3, 32, 32, device="meta"), ["a white duck"])
