"""What fits into memory: counted bytes against arithmetic, choices against their limits."""

import psutil
import pytest
import torch

from bench.models.fit import fit, kept_bytes, memory_bytes

GIB = 2**30


def test_what_autograd_keeps_is_counted_once_and_without_the_weights():
    x = torch.randn(1000, requires_grad=True)
    weight = torch.randn(1000, requires_grad=True)
    constants = {weight.untyped_storage().data_ptr()}
    assert kept_bytes(lambda: x.sin(), set()) == 4000  # the input
    assert kept_bytes(lambda: (x.sin(), x.cos()), set()) == 4000  # the same input
    assert kept_bytes(lambda: x.exp().exp(), set()) == 8000  # two results
    assert kept_bytes(lambda: x * weight, constants) == 4000
    assert kept_bytes(lambda: x + 1, set()) == 0


@pytest.mark.parametrize(
    ("step", "decode", "steps", "memory", "expected"),
    [
        (GIB, GIB, 4, 10 * GIB, ("none", 5)),  # 4 + 1 of the 5 that half of the memory is
        (GIB, GIB, 5, 10 * GIB, ("steps", 5)),
        (GIB, 4 * GIB, 50, 10 * GIB, ("steps", 1)),
        (GIB, 6 * GIB, 50, 10 * GIB, ("blocks", 1)),
        (6 * GIB, GIB, 1, 10 * GIB, ("blocks", 1)),
    ],
)
def test_the_fastest_that_half_of_the_memory_holds(step, decode, steps, memory, expected):
    assert fit(step, decode, steps, memory) == expected


def test_memory_of_this_machine():
    assert memory_bytes(torch.device("cpu")) == psutil.virtual_memory().total
