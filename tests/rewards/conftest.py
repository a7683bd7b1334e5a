"""The rewards that need weights, on stand-ins for them; pictures of several shapes, as Pillow and as tensors."""

import numpy as np
import pytest
import torch
from PIL import Image

from bench.registry import REWARDS
from tests.support.standins.rewards import reward_options

SIZES = [(42, 42), (96, 96), (64, 100), (120, 70), (30, 36)]
PROMPTS = ["white duck", "a red crab on a blue background", "", "an owl, the cat's photo", "crème brûlée 42!"]


@pytest.fixture(scope="session")
def options(tmp_path_factory):
    """Options by the reward's name."""
    return reward_options(tmp_path_factory.mktemp("standins"))


@pytest.fixture(scope="session")
def reward(options):
    """A reward by its name, on the stand-ins or with options of one's own."""
    return lambda name, **own: REWARDS.get(name).create({**options.get(name, {}), **own})


@pytest.fixture(scope="session")
def pictures():
    """A prompt, a Pillow image and the same image as a tensor, of each shape."""
    generator = np.random.default_rng(0)
    rows = []
    for prompt, (height, width) in zip(PROMPTS, SIZES, strict=True):
        coarse = generator.integers(0, 256, (height // 6, width // 6, 3), dtype=np.uint8)
        image = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
        tensor = torch.from_numpy(np.asarray(image).copy()).movedim(-1, 0)[None].float() / 255
        rows.append((prompt, image, tensor))
    return rows


@pytest.fixture
def long_prompt():
    return "a white duck and a black cat on the red background " * 12
