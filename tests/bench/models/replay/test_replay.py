"""What is replayed equals what runs eagerly, to the bit, on the double of CUDA graphs."""

import gc
import warnings
from functools import partial

import pytest
import torch

from bench.models.replay import Replay, make_replay, recomputed
from bench.models.replay import replay as replay_module
from bench.models.replay.replay import MOST_SHAPES
from tests.support.tape import Tapes

CPU = torch.device("cpu")
WEIGHT = torch.randn(4, 4, generator=torch.Generator().manual_seed(0))


def tensor(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def function(x, scale, shift):
    return (torch.tanh(x @ WEIGHT) * scale + shift).relu()


def eager(x, *constants):
    leaf = x.detach().requires_grad_()
    result = function(leaf, *constants)
    (gradient,) = torch.autograd.grad(result, leaf, torch.ones_like(result))
    return result.detach(), gradient


@pytest.fixture
def replay():
    return Replay(Tapes())


@pytest.fixture
def constants():
    return tensor(4, seed=1), tensor(4, seed=2)


def both(replay, x, *constants):
    leaf = x.detach().requires_grad_()
    result = replay("f", function, leaf, *constants)
    (gradient,) = torch.autograd.grad(result, leaf, torch.ones_like(result))
    return result.detach(), gradient


def made(replay):
    return replay._recorder.made


def test_values_and_gradients_are_those_of_the_function(replay, constants):
    for seed in range(3):
        x = tensor(2, 4, seed=seed)
        assert all(map(torch.equal, both(replay, x, *constants), eager(x, *constants)))
    assert made(replay) == 2


def test_the_function_itself_runs_no_more_once_it_is_recorded(replay, constants):
    with torch.no_grad():
        expected = function(tensor(2, 4), *constants)
        for other in (function, None):
            assert torch.equal(replay("f", other, tensor(2, 4), *constants), expected)
    assert made(replay) == 1


def test_what_is_written_into_the_variable_is_seen(replay, constants):
    x = tensor(2, 4)
    with torch.no_grad():
        replay("f", function, x, *constants)
        x.add_(1)
        assert torch.equal(replay("f", function, x, *constants), function(x, *constants))


def test_constants_are_copied_in_when_they_are_other_tensors(replay):
    x = tensor(2, 4)
    for seed in (1, 2, 1):
        constants = tensor(4, seed=seed), tensor(4, seed=seed + 5)
        assert all(map(torch.equal, both(replay, x, *constants), eager(x, *constants)))
        del constants
        gc.collect()  # the next ones may lie at the same address


def test_a_backward_pass_uses_the_constants_of_its_forward_pass(replay, constants):
    x = tensor(2, 4).requires_grad_()
    first = replay("f", function, x, *constants)
    replay("f", function, x, tensor(4, seed=8), tensor(4, seed=9))
    (gradient,) = torch.autograd.grad(first, x, torch.ones_like(first))
    assert torch.equal(gradient, eager(x, *constants)[1])


def test_results_are_not_overwritten_by_the_next_replay(replay, constants):
    """Nor by that of another shape: the double spoils what was not copied."""
    kept = [both(replay, tensor(n, 4, seed=n), *constants) for n in (2, 3, 2, 3)]
    for n, found in zip((2, 3, 2, 3), kept, strict=True):
        assert all(map(torch.equal, found, eager(tensor(n, 4, seed=n), *constants)))
    assert made(replay) == 4


def test_without_a_gradient_none_is_recorded(replay, constants):
    x = tensor(2, 4).requires_grad_()
    with torch.no_grad():
        assert not replay("f", function, x, *constants).requires_grad
    assert not replay("f", function, x.detach(), *constants).requires_grad
    assert made(replay) == 1
    both(replay, x, *constants)
    assert made(replay) == 2


@pytest.mark.parametrize("other", [{"name": "g"}, {"dtype": torch.float64}])
def test_another_function_or_type_is_another_recording(other, replay, constants):
    with torch.no_grad():
        replay("f", function, tensor(2, 4), *constants)
        kind = other.get("dtype", torch.float32)
        replay(other.get("name", "f"), lambda x, *_: 2 * x, tensor(2, 4).to(kind), *constants)
    assert made(replay) == 2


def test_what_was_not_used_for_longest_goes_and_is_recorded_anew(replay, constants):
    with torch.no_grad():
        for n in [*range(1, MOST_SHAPES + 1), 1, MOST_SHAPES + 1]:  # the last one drives 2 out
            replay("f", function, tensor(n, 4), *constants)
        assert made(replay) == MOST_SHAPES + 1
        for n, expected in [(1, 0), (2, 1)]:
            before = made(replay)
            assert torch.equal(replay("f", function, tensor(n, 4), *constants), function(tensor(n, 4), *constants))
            assert made(replay) == before + expected


def test_a_gradient_outlives_its_recording_in_the_store(replay, constants):
    x = tensor(1, 4).requires_grad_()
    result = replay("f", function, x, *constants)
    with torch.no_grad():
        for n in range(2, MOST_SHAPES + 3):
            replay("f", function, tensor(n, 4), *constants)
    (gradient,) = torch.autograd.grad(result, x, torch.ones_like(result))
    assert torch.equal(gradient, eager(x, *constants)[1])


def test_the_backward_pass_keeps_the_variable_alone(replay, constants):
    kept = []
    x = tensor(2, 4).requires_grad_()
    replay("f", function, x, *constants)  # recorded
    with torch.autograd.graph.saved_tensors_hooks(lambda one: kept.append(one) or one, lambda one: one):
        replay("f", function, x, *constants)
    assert [one.data_ptr() for one in kept] == [x.data_ptr()]


def test_a_gradient_that_is_to_be_differentiated_again_is_refused(replay, constants):
    """Rather than taken for a constant."""
    x = tensor(2, 4).requires_grad_()
    result = replay("f", function, x, *constants)
    with pytest.raises(RuntimeError, match="replay: off"):
        torch.autograd.grad(result.sum(), x, create_graph=True)


def waits(x):
    return x * 2 if bool(x.sum() > 0) else x.sin()


def test_what_cannot_be_recorded_runs_eagerly_with_one_warning(replay):
    with warnings.catch_warnings(record=True) as told:
        for n in (2, 3):
            x = tensor(n, 4).requires_grad_()
            result = replay("f", waits, x)
            (gradient,) = torch.autograd.grad(result.sum(), x)
            assert torch.equal(result, waits(x))
            assert torch.equal(gradient, torch.autograd.grad(waits(x).sum(), x)[0])
    assert len(told) == 1
    assert "f cannot be replayed as a graph: operation not permitted" in str(told[0].message)
    assert replay.kind == "graphs in part"


def test_other_functions_are_replayed_all_the_same(replay, constants):
    with warnings.catch_warnings(action="ignore"):
        replay("w", waits, tensor(2, 4))
    both(replay, tensor(2, 4), *constants)
    assert made(replay) == 2


def test_an_error_of_the_function_is_its_own(replay):
    with warnings.catch_warnings(action="ignore"), pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        replay("f", lambda x: x @ WEIGHT, tensor(2, 3))


def test_what_does_not_fit_is_not_tried_eagerly():
    class Full:
        def record(self, function, inputs):
            raise torch.OutOfMemoryError("no memory")

    with pytest.raises(torch.OutOfMemoryError):
        Replay(Full())("f", function, tensor(2, 4), tensor(4), tensor(4))


def test_recordings_are_made_aside(replay, constants):
    entered = []

    class Aside:
        def __enter__(self):
            entered.append(made(replay))

        def __exit__(self, *_):
            entered.append(made(replay))

    replay.aside = Aside
    for _ in range(2):
        both(replay, tensor(2, 4), *constants)
    assert entered == [0, 2]


def test_recomputed_gives_the_same_and_keeps_the_inputs_alone(constants):
    kept = []
    x = tensor(2, 4).requires_grad_()
    with torch.autograd.graph.saved_tensors_hooks(lambda one: kept.append(one) or one, lambda one: one):
        result = recomputed(function, x, *constants)
    assert {one.data_ptr() for one in kept} <= {one.data_ptr() for one in (x, *constants)}
    assert torch.equal(torch.autograd.grad(result.sum(), x)[0], eager(x, *constants)[1])


@pytest.mark.parametrize("wanted", ["graphs", "compiled"])
def test_a_cpu_replays_nothing_and_says_so_if_asked_to(wanted):
    with pytest.warns(UserWarning, match=f"replay: {wanted} is for CUDA devices; on cpu everything runs eagerly"):
        assert make_replay(wanted, CPU) is None


@pytest.mark.parametrize("wanted", ["auto", "off"])
def test_a_cpu_replays_nothing_without_a_word_by_default(wanted):
    with warnings.catch_warnings(action="error"):
        assert make_replay(wanted, CPU) is None


@pytest.fixture
def compiling(monkeypatch):
    """Compiles, with a backend that makes no kernels."""
    monkeypatch.setattr(torch, "compile", partial(torch.compile, backend="aot_eager"))
    return Replay(Tapes(), compiled=True)


def run(replay, n, constants, gradient=True):
    leaf = tensor(n, 4).requires_grad_(gradient)
    result = replay("f", function, leaf, *constants, compilable=True)
    return result, torch.autograd.grad(result.sum(), leaf)[0] if gradient else None


def test_what_is_compiled_is_compiled_before_it_is_recorded(compiling, constants):
    """The function differs for each shape and for its gradient."""
    for n in (1, 2):
        for one, expected in zip(run(compiling, n, constants), eager(tensor(n, 4), *constants), strict=True):
            torch.testing.assert_close(one, expected)
    assert (made(compiling), compiling.kind) == (4, "compiled")


def test_seconds_of_compilation_are_those_of_what_ran_whoever_ran_it_first(compiling, constants):
    assert compiling.compile_seconds == 0
    run(compiling, 1, constants)
    both = compiling.compile_seconds
    compiling.forget_use()
    assert compiling.compile_seconds == 0
    run(compiling, 2, constants)
    compiling.forget_use()
    run(compiling, 1, constants, gradient=False)
    forward = compiling.compile_seconds
    run(compiling, 1, constants)
    assert 0 < forward < both == compiling.compile_seconds


def test_seconds_of_compilation_outlive_the_recording(compiling, constants, monkeypatch):
    monkeypatch.setattr(replay_module, "MOST_SHAPES", 1)
    run(compiling, 1, constants, gradient=False)
    first = compiling.compile_seconds
    run(compiling, 2, constants, gradient=False)
    compiling.forget_use()
    run(compiling, 1, constants, gradient=False)
    assert compiling.compile_seconds >= first


def test_what_does_not_ask_for_it_is_not_compiled(monkeypatch, constants):
    monkeypatch.setattr(torch, "compile", None)
    replay = Replay(Tapes(), compiled=True)
    both(replay, tensor(2, 4), *constants)
    assert (made(replay), replay.kind, replay.compile_seconds) == (2, "compiled", 0)


def test_the_largest_memory_that_replays_compute_in_is_known(replay, constants):
    both(replay, tensor(3, 4), *constants)
    replay.reset_peak()
    with torch.no_grad():
        replay("f", function, tensor(3, 4), *constants)
    forward = replay.working_bytes
    both(replay, tensor(3, 4), *constants)
    assert 0 < forward < replay.working_bytes


def test_what_cannot_be_compiled_is_recorded_as_it_is(monkeypatch, constants):
    def refuse(*_):
        raise RuntimeError("no compiler")

    monkeypatch.setattr(torch, "compile", lambda function, **_: refuse)
    replay = Replay(Tapes(), compiled=True)
    with pytest.warns(UserWarning, match="f cannot be replayed compiled: no compiler"):
        found = run(replay, 2, constants)
    assert all(map(torch.equal, found, eager(tensor(2, 4), *constants)))
    assert (made(replay), replay.kind) == (2, "compiled in part")
