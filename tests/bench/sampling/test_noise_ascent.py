"""Which rows of the noise move, and how: against torch's own optimiser and hand-made figures."""

import pytest
import torch
from torch.nn.utils import clip_grad_norm_

from bench.sampling.noise_ascent import NoiseAscent, clip
from bench.testing.gaussian import GaussianModel, toy_problem

NOISE = toy_problem().draw_noise(2)
TARGET = torch.randn(NOISE.shape, generator=torch.Generator().manual_seed(1))


def begin(**options):
    return NoiseAscent(**{"batch_size": 2, **options}).begin(toy_problem())


def towards_target(z):
    """Objectives whose mean over the two samples has the gradient TARGET."""
    return 2 * (z.noise * TARGET).flatten(1).sum(1)


def ascend(steps, **options):
    z = begin(**options)
    for _ in range(steps):
        z.ascend(towards_target(z))
    return z.noise.detach()


@pytest.mark.parametrize(
    ("options", "moved"),
    [
        ({}, [0, 1, 2, 3, 4, 5]),
        ({"optimize": "initial"}, [0]),
        ({"last_steps": 5}, [0, 1, 2, 3, 4, 5]),
        ({"last_steps": 2}, [4, 5]),
    ],
)
def test_only_the_free_rows_move(options, moved):
    changed = (ascend(1, **options) != NOISE).flatten(2).any(dim=2).any(dim=0)
    assert changed.nonzero().flatten().tolist() == moved


@pytest.mark.parametrize("model", [GaussianModel(eta=0.0), GaussianModel(steps=1), GaussianModel(steps=1, eta=0.0)])
@pytest.mark.parametrize("last_steps", [None, "all"])
def test_where_no_step_injects_noise_the_initial_latent_alone_moves(last_steps, model):
    problem = toy_problem(model=model)
    z = NoiseAscent(last_steps=last_steps and model.steps).begin(problem)
    before = z.noise.detach().clone()
    z.ascend(problem.reward(z.generate(z.noise)))
    changed = (z.noise != before).flatten(2).any(dim=2).any(dim=0)
    assert changed.nonzero().flatten().tolist() == [0]


def test_adamw_with_clipping_is_that_of_torch():
    parameter = NOISE.clone().requires_grad_()
    optimizer = torch.optim.AdamW([parameter], lr=0.02)  # its own default decay, as in the official code
    for _ in range(3):
        optimizer.zero_grad()
        (-(parameter * TARGET).sum()).backward()
        clip_grad_norm_([parameter], 1.0)
        optimizer.step()
    torch.testing.assert_close(ascend(3, learning_rate=0.02), parameter.detach(), rtol=1e-5, atol=1e-6)


def test_sgd_takes_the_clipped_gradient():
    expected = NOISE + 0.1 * TARGET / TARGET.norm()
    torch.testing.assert_close(ascend(1, optimizer="sgd", learning_rate=0.1), expected)
    unclipped = ascend(1, optimizer="sgd", learning_rate=0.1, max_grad_norm=None)
    torch.testing.assert_close(unclipped, NOISE + 0.1 * TARGET)


@pytest.mark.parametrize("group", [1, 2, 6])
def test_each_group_is_clipped_as_torch_clips(group):
    gradient = torch.randn(6, 3, 4, generator=torch.Generator().manual_seed(2)) * torch.arange(6.0).view(6, 1, 1)
    expected = []
    for part in gradient.split(group):
        parameter = torch.zeros_like(part).requires_grad_()
        parameter.grad = part.clone()
        clip_grad_norm_([parameter], 5.0)
        expected.append(parameter.grad)
    clip(gradient, 5.0, group)
    torch.testing.assert_close(gradient, torch.cat(expected))


def test_shifts_move_free_rows_of_every_copy():
    z = begin(last_steps=2)
    shifts = torch.tensor([1.0, 2.0, 3.0]).view(3, 1, 1, 1, 1, 1).expand(3, *z.free.shape)
    moved = z.moved(shifts).unflatten(0, (3, 2))
    torch.testing.assert_close(moved[:, :, :4], NOISE[:, :4].expand(3, *NOISE[:, :4].shape))
    torch.testing.assert_close(moved[2, :, 4:], NOISE[:, 4:] + 3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"learning_rate": 0}, "learning_rate must be positive"),
        ({"max_grad_norm": -1.0}, "max_grad_norm must be positive"),
        ({"weight_decay": -1}, "weight_decay must be at least 0"),
        ({"batch_size": 0}, "batch_size must be at least 1"),
        ({"restarts": 0}, "restarts must be at least 1"),
        ({"optimize": "initial", "last_steps": 2}, "last_steps goes with optimize: all"),
    ],
)
def test_senseless_options_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        NoiseAscent(**options)


@pytest.mark.parametrize("last_steps", [0, 6, -1])
def test_last_steps_must_be_steps_of_the_model(last_steps):
    class Five:
        steps = 5

    with pytest.raises(ValueError, match=r"last_steps must be in 1\.\.5"):
        NoiseAscent(last_steps=last_steps).check_model(Five())


def test_last_steps_must_inject_noise():
    model = GaussianModel(eta=0.0)
    with pytest.raises(ValueError, match=r"last_steps moves the noise that steps inject, .*; give it eta > 0"):
        NoiseAscent(last_steps=2).check_model(model)
    NoiseAscent(last_steps=5).check_model(model)


def test_a_gradient_that_is_not_finite_stops_the_method():
    z = begin()
    with pytest.raises(FloatingPointError, match="try precision bf16 or fp32"):
        z.ascend((z.noise * float("inf")).flatten(1).sum(1))
    assert torch.equal(z.noise, NOISE)
