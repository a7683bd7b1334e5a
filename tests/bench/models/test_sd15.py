"""`sd15` on the small weights."""

import torch

from bench.models.emoji import Emoji
from bench.models.emoji.paths import WEIGHTS
from bench.models.sd15 import StableDiffusion15
from tests.bench.problems import make_problem


def test_recomputed_activations_give_the_same_gradient():
    """`sd15` on the small weights recomputes in the backward pass; `emoji`, the same weights, does not."""
    options = {"steps": 3, "guidance": 4.0}
    gradients = []
    for model in (Emoji(**options), StableDiffusion15(**options, weights=str(WEIGHTS))):
        task = make_problem(model.load(torch.device("cpu")), "darkness", "cat")
        noise = task.draw_noise(1).requires_grad_()
        task.reward(task.generate(noise)).sum().backward()
        gradients.append(noise.grad)
    torch.testing.assert_close(*gradients)
