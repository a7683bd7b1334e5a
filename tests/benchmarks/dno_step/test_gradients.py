"""Distances from float32, on what they are known of."""

from typing import get_args

import pytest
import torch

from bench.models.schedule import Output, Schedule
from bench.problem.seeding import stream
from bench.registry import MODELS
from benchmarks.dno_step.gradients import distance, gradient, network_output

CPU = torch.device("cpu")
PROMPT = "a white duck on a yellow background"


def test_distance_of_known_vectors():
    assert distance(torch.tensor([3.0, 4.0]), torch.tensor([3.0, 0.0])) == pytest.approx((4 / 3, 0.6))
    same = torch.randn(3, 4)
    assert distance(same, same) == pytest.approx((0, 1))


@pytest.mark.parametrize("output", get_args(Output))
def test_the_output_of_any_kind_of_network_is_found_again(output):
    alpha, sigma = (0.6, 0.4) if output == "velocity" else (0.6, 0.8)
    levels = torch.tensor([alpha, 1.0]).double(), torch.tensor([sigma, 0.0]).double()
    schedule = Schedule(torch.tensor([500]), *levels, torch.zeros(1), output)
    latent, said = torch.randn(2, 3, 4, 4, 4)
    torch.testing.assert_close(network_output(schedule, 0, schedule.predict(latent, 0, said)), said)


def test_the_gradient_by_finite_differences():
    model = MODELS.get("emoji").create({"steps": 3}).load(CPU)
    condition = model.encode(PROMPT)
    found = gradient(model, condition)[1].double()
    generator = stream("gradient", 1)
    latent, direction = (torch.randn(1, *model.latent_shape, generator=generator) for _ in range(2))
    along = found.float() / found.norm()

    def value(shift):
        with torch.no_grad():
            return (direction * model.predict(latent + shift * along, 1, condition).eps).double().sum()

    slope = (value(0.02) - value(-0.02)) / 0.04
    assert float(slope) == pytest.approx(float(found.norm()), rel=0.02)
