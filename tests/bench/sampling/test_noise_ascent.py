"""Which rows of the noise move, and how: against torch's own optimiser and hand-made figures."""

import pytest
import torch

from bench.sampling.noise_ascent import NoiseAscent

NOISE = torch.randn(2, 6, 3, generator=torch.Generator().manual_seed(0))
TARGET = torch.randn(2, 6, 3, generator=torch.Generator().manual_seed(1))


def ascend(steps, **options):
    z = NoiseAscent(**options).begin(NOISE)
    for _ in range(steps):
        z.ascend((z.noise * TARGET).sum())
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
    changed = (ascend(1, **options) != NOISE).any(dim=2).any(dim=0)
    assert changed.nonzero().flatten().tolist() == moved


def test_adamw_with_clipping_is_that_of_torch():
    parameter = NOISE.clone().requires_grad_()
    optimizer = torch.optim.AdamW([parameter], lr=0.02)  # its own default decay, as in the official code
    for _ in range(3):
        optimizer.zero_grad()
        (-(parameter * TARGET).sum()).backward()
        parameter.grad /= max(1.0, parameter.grad.norm().item())
        optimizer.step()
    torch.testing.assert_close(ascend(3, learning_rate=0.02), parameter.detach(), rtol=1e-5, atol=1e-6)


def test_sgd_takes_the_clipped_gradient():
    expected = NOISE + 0.1 * TARGET / TARGET.norm()
    torch.testing.assert_close(ascend(1, optimizer="sgd", learning_rate=0.1), expected)
    unclipped = ascend(1, optimizer="sgd", learning_rate=0.1, max_grad_norm=None)
    torch.testing.assert_close(unclipped, NOISE + 0.1 * TARGET)


def test_shifts_move_free_rows_of_every_copy():
    z = NoiseAscent(last_steps=2).begin(NOISE)
    shifts = torch.ones(3, 2, 2, 3) * torch.tensor([1.0, 2.0, 3.0]).view(3, 1, 1, 1)
    moved = z.moved(shifts).view(3, 2, 6, 3)
    torch.testing.assert_close(moved[:, :, :4], NOISE[:, :4].expand(3, 2, 4, 3))
    torch.testing.assert_close(moved[2, :, 4:], NOISE[:, 4:] + 3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"learning_rate": 0}, "learning_rate must be positive"),
        ({"max_grad_norm": -1.0}, "max_grad_norm must be positive"),
        ({"weight_decay": -1}, "weight_decay must be at least 0"),
        ({"batch_size": 0}, "batch_size must be at least 1"),
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


def test_a_gradient_that_is_not_finite_stops_the_method():
    z = NoiseAscent().begin(NOISE)
    with pytest.raises(FloatingPointError, match="try precision bf16 or fp32"):
        z.ascend((z.noise * float("inf")).sum())
    assert torch.equal(z.noise, NOISE)
