"""Random streams named by what they are for, the same in every process and on every machine."""

import json
import math
from hashlib import sha256

import torch
from torch import Generator, Tensor

_BLOCK = 16  # numbers that torch draws at once: only in whole blocks does a longer noise begin with a shorter one


def stream(*name: str | int, device: torch.device | str = "cpu") -> Generator:
    """A generator whose seed is a stable hash of `name`."""
    digest = sha256(json.dumps(name).encode()).digest()
    return Generator(device).manual_seed(int.from_bytes(digest[:8], "big") >> 1)


def draw_noise(seed: int, model: str, prompt: str, index: int, shape: tuple[int, ...]) -> Tensor:
    """The `index`-th noise of a (seed, model, prompt): the same for every method, batch size and device.

    `model` is the registered name, so that one model under two labels, or in two precisions, begins from one noise.
    Drawn on the CPU from a generator of its own, so that what an image looks like does not depend on how many
    were drawn beside it (huggingface/diffusers PR 1718).
    """
    count = math.prod(shape)
    drawn = torch.randn(-(-count // _BLOCK) * _BLOCK, generator=stream("noise", seed, model, prompt, index))
    return drawn[:count].reshape(shape)
