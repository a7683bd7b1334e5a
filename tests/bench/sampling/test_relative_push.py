import pytest
import torch

from bench.registry import MODELS
from bench.sampling.relative_push import check_pushes, check_window, with_rms_of, within


def drawn(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def rms(rows):
    return rows.flatten(1).square().mean(1).sqrt()


def test_a_push_goes_along_the_gradient_and_is_as_large_as_a_share_of_the_reference():
    reference, gradient = drawn(3, 4, 2, 2), 50 * drawn(3, 4, 2, 2, seed=1)
    found = with_rms_of(reference, gradient, 0.2)
    torch.testing.assert_close(rms(found), 0.2 * rms(reference))
    torch.testing.assert_close(found / rms(found).view(3, 1, 1, 1), gradient / rms(gradient).view(3, 1, 1, 1))
    torch.testing.assert_close(found[1:2], with_rms_of(reference[1:2], gradient[1:2], 0.2))


@pytest.mark.parametrize("size", [1e-7, 1e-30, 1e-42, 1e30])
def test_it_hangs_on_no_scale_of_the_gradient(size):
    """1e-30 has no square in float32, and 1e-42 few digits."""
    reference, gradient = drawn(2, 6), drawn(2, 6, seed=1).sign()
    torch.testing.assert_close(with_rms_of(reference, size * gradient, 1.0), with_rms_of(reference, gradient, 1.0))


def test_a_gradient_of_zero_pushes_nowhere_and_leaves_the_others_alone():
    reference, gradient = drawn(2, 6), drawn(2, 6, seed=1)
    gradient[0] = 0
    found = with_rms_of(reference, gradient, 1.0)
    assert torch.equal(found[0], torch.zeros(6))
    torch.testing.assert_close(rms(found)[1], rms(reference)[1])
    assert torch.equal(with_rms_of(torch.zeros(2, 6), gradient, 1.0), torch.zeros(2, 6))


@pytest.mark.parametrize("wrong", [float("nan"), float("inf")])
def test_what_is_not_finite_stays_so(wrong):
    gradient = drawn(1, 6)
    gradient[0, 2] = wrong
    assert not with_rms_of(drawn(1, 6), gradient, 1.0).isfinite().all()


def test_the_windows_of_freedom_hold_the_steps_of_its_code():
    """Of 100 steps, with index 99 the first, 70 > index >= 30 are pushed."""
    held = [99 - step for step in range(100) if within((0.3, 0.7), step, 100)]
    assert held == list(range(69, 29, -1))
    assert [step for step in range(10) if within((0.0, 1.0), step, 10)] == list(range(10))


@pytest.mark.parametrize("window", [(0.7, 0.3), (0.3, 0.3), (-0.1, 0.5), (0.5, 1.1)])
def test_what_is_no_window_is_refused(window):
    with pytest.raises(ValueError, match="travel_window must be two ascending shares"):
        check_window("travel_window", window)


def test_models_that_would_never_be_pushed_are_refused():
    emoji, points = MODELS.get("emoji"), MODELS.get("mixture")
    check_pushes(emoji.create({}), (0.3, 0.7), "guidance")
    check_pushes(points.create({}), (0.3, 0.7), "noise")
    with pytest.raises(ValueError, match="none of the model's 1 steps lies in the window"):
        check_pushes(emoji.create({"steps": 1}), (0.3, 0.7), "guidance")
    for model in (emoji.create({"guidance": 1.0}), points.create({})):
        with pytest.raises(ValueError, match="relative_to: noise"):
            check_pushes(model, (0.3, 0.7), "guidance")
