"""Operations, counted by hand where that can be done, and against the figure that is known of SD v1.5."""

import pytest
import torch
from diffusers import UNet2DConditionModel
from torch import nn

from bench.registry import MODELS
from benchmarks.dno_step.work import counter, matrix_rate, step_operations

CPU = torch.device("cpu")


def test_a_convolution_and_a_product_as_by_hand():
    convolution, linear = nn.Conv2d(3, 5, 3, padding=1, bias=False), nn.Linear(64, 7, bias=False)
    for module in (convolution, linear):
        module.requires_grad_(False)
    image = torch.zeros(2, 3, 8, 8, requires_grad=True)
    with counter() as counted:
        linear(convolution(image).flatten(2)).sum().backward()
    forward = 2 * (2 * 5 * 64 * 27) + 2 * (2 * 5 * 64 * 7)
    assert counted.get_total_flops() == 2 * forward  # frozen weights: only the gradient of the input


def test_attention_on_a_cpu_as_by_hand():
    heads, tokens, width = 3, 16, 8
    query, key, value = (torch.zeros(1, heads, tokens, width, requires_grad=True) for _ in range(3))
    with counter() as counted:
        attended = nn.functional.scaled_dot_product_attention(query, key, value)
        product = 2 * heads * tokens * tokens * width
        assert counted.get_total_flops() == 2 * product
        attended.sum().backward()
    assert counted.get_total_flops() == (2 + 5) * product  # the scores again, and four products of the gradient


def test_a_guided_prediction_of_sd15_as_known():
    with torch.device("meta"):
        network = UNet2DConditionModel(sample_size=64, cross_attention_dim=768)
        latents, states = torch.zeros(2, 4, 64, 64), torch.zeros(2, 77, 768)
        with counter() as counted, torch.no_grad():
            network(latents, torch.zeros(()), states)
    assert counted.get_total_flops() == pytest.approx(1.61e12, rel=0.01)


def test_the_operations_of_a_step_grow_with_its_predictions():
    models = [MODELS.get("emoji").create({"steps": steps}).load(CPU) for steps in (2, 3, 4)]
    found = [step_operations(model, model.encode("a white duck on a yellow background")) for model in models]
    assert found[2] - found[1] == found[1] - found[0] > 0


def test_the_matrix_rate_is_a_rate():
    assert matrix_rate(CPU) > 1e6
