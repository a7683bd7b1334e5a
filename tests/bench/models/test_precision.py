"""Types of weights by device."""

import torch

from bench.models.precision import dtype_of


def test_precision_follows_the_device_unless_it_is_named():
    assert dtype_of("auto", torch.device("cpu")) == torch.float32
    assert dtype_of("auto", torch.device("cuda")) == torch.bfloat16
    assert dtype_of("fp16", torch.device("cpu")) == torch.float16
