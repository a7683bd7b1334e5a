"""On a GPU: graphs equal eager kernels, and a capture that fails leaves the device usable."""

import warnings

import pytest
import torch

from bench.models.emoji import Emoji
from bench.models.replay import CudaGraphs, Replay
from bench.models.replay import replay as replay_module
from bench.run.memory import PeakMemory
from tests.support.problems import make_problem

CUDA = torch.device("cuda")
pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")


def trajectory(replay, n):
    model = Emoji(steps=3, replay=replay).load(CUDA)
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


def fails_in_a_capture(x):
    if torch.cuda.is_current_stream_capturing():
        torch.cuda.synchronize()
    return x * 2


def waits(x):
    return x * 2 if bool(x.sum() > 0) else x.sin()


@pytest.mark.parametrize("function", [fails_in_a_capture, waits])
def test_a_capture_that_fails_leaves_stream_and_device_as_they_were(function):
    replay, before = Replay(CudaGraphs(CUDA)), torch.cuda.current_stream()
    x = torch.randn(4, 4, device=CUDA)
    replay("earlier", torch.sin, x)
    with warnings.catch_warnings(action="ignore"):
        result = replay("f", function, x)
    assert replay.kind == "graphs in part"
    assert torch.cuda.current_stream() == before
    torch.testing.assert_close(result, function(x))
    for name, other in (("later", torch.cos), ("product", lambda one: one @ one), ("earlier", torch.sin)):
        torch.testing.assert_close(replay(name, other, x), other(x))
    assert torch.rand(2, device=CUDA).isfinite().all()


def test_graphs_survive_those_that_had_to_go(monkeypatch):
    """Matrix products compute in a workspace, which is not to be freed with the graph that goes."""
    monkeypatch.setattr(replay_module, "MOST_SHAPES", 4)
    replay, weight = Replay(CudaGraphs(CUDA)), torch.randn(256, 256, device=CUDA)
    many = [torch.randn(n, 256, device=CUDA) for n in range(1, 9)]
    with torch.no_grad():
        for x in many:
            replay("f", lambda x: (x @ weight).tanh() @ weight, x)
        torch.cuda.empty_cache()
        filled = [torch.full((2**20,), float("nan"), device=CUDA) for _ in range(64)]  # where the freed would be
        for x in many[-4:]:
            torch.testing.assert_close(replay("f", None, x), (x @ weight).tanh() @ weight)
    assert all(one.isnan().all() for one in filled)  # no graph wrote there


def test_the_peak_before_a_recording_is_not_lost():
    memory = PeakMemory(CUDA, replay := Replay(CudaGraphs(CUDA)))
    with memory.watch():
        torch.ones(50_000_000, device=CUDA)
        replay("f", torch.sin, torch.ones(4, device=CUDA))
    assert memory.mb >= 200


def test_torch_tells_nobody_of_its_prototype():
    with warnings.catch_warnings(action="error"):
        Replay(CudaGraphs(CUDA))("f", torch.sin, torch.ones(4, device=CUDA))
