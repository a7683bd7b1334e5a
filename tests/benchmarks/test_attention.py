"""Attention kernels tried one a process: what fails is a row like the others."""

import pytest
import torch
from torch.nn.attention import sdpa_kernel

from benchmarks import attention


def test_a_kernel_that_is_not_there_is_a_row_that_says_so():
    """In a process of its own; on a CPU there is no cuDNN."""
    (row,) = attention.rows(["attention"], ["cudnn"], "cpu", blocks=1)
    assert (row["part"], row["kernel"]) == ("attention", "cudnn")
    assert "No viable backend" in row["ended"]


@pytest.mark.parametrize("kernel", ["math", "flash", "torch's choice"])
def test_the_gradient_is_that_of_float32_but_for_rounding(kernel, monkeypatch):
    monkeypatch.setattr(attention, "SIDE", 8)
    found = attention.attention(torch.device("cpu"), None, sdpa_kernel(attention.KERNELS[kernel]))
    assert 1e-4 < found["gradient_error"] < 0.01


def test_a_process_that_is_killed_is_a_row(monkeypatch):
    monkeypatch.setattr(attention.sys, "executable", "/bin/false")
    assert attention.tried("attention", "math", "cuda", None)["ended"] == "exit 1"


def test_torch_may_choose_among_all():
    assert len(attention.KERNELS["torch's choice"]) == len(attention.KERNELS) - 1
