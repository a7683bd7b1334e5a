"""On a GPU: graphs equal eager kernels, and a capture that fails leaves the device usable."""

import warnings

import pytest
import torch

from bench.models.emoji import Emoji
from bench.models.replay import CudaGraphs, Replay
from tests.support.problems import make_problem

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")


def trajectory(replay, n):
    model = Emoji(steps=3, replay=replay).load(torch.device("cuda"))
    problem = make_problem(model, "brightness", "a white duck")
    for _ in range(2):
        noise = problem.draw_noise(n).requires_grad_()
        samples = problem.generate(noise)
        problem.reward(samples).sum().backward()
    return samples.detach(), noise.grad, model.chosen["replay"]


@pytest.mark.parametrize("n", [1, 4])
def test_samples_and_gradients_are_those_of_eager_kernels(n):
    *found, kind = trajectory("graphs", n)
    *expected, none = trajectory("off", n)
    assert (kind, none) == ("graphs", "off")
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-5)


def test_a_capture_that_fails_leaves_stream_and_device_as_they_were():
    device = torch.device("cuda")
    replay, before = Replay(CudaGraphs(device)), torch.cuda.current_stream()
    x = torch.randn(4, device=device)
    with warnings.catch_warnings(action="ignore"):
        result = replay("f", lambda x: x * 2 if bool(x.sum() > 0) else x.sin(), x)
    assert torch.cuda.current_stream() == before
    torch.testing.assert_close(result, x * 2 if bool(x.sum() > 0) else x.sin())
    torch.testing.assert_close(replay("g", torch.cos, x), x.cos())
