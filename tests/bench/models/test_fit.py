"""What fits into memory: counted bytes against arithmetic, choices against their limits."""

import pytest
import torch

from bench.models.fit import fit, free_bytes, kept_bytes

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
    ("step", "decode", "steps", "free", "expected"),
    [
        (GIB, GIB, 4, 10 * GIB, ("none", 5)),  # 4 + 1 of the 5 that half of the memory is
        (GIB, GIB, 5, 10 * GIB, ("steps", 5)),
        (GIB, 4 * GIB, 50, 10 * GIB, ("steps", 1)),
        (GIB, 6 * GIB, 50, 10 * GIB, ("blocks", 1)),
        (6 * GIB, GIB, 1, 10 * GIB, ("blocks", 1)),
    ],
)
def test_the_fastest_that_half_of_the_free_memory_holds(step, decode, steps, free, expected):
    assert fit(step, decode, steps, free) == expected


def test_free_memory_of_this_machine():
    assert 0 < free_bytes(torch.device("cpu")) < 2**50
