"""The types that networks run in, and how their weights lie."""

from typing import Literal

import torch

Precision = Literal["auto", "fp32", "bf16", "fp16"]
DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


def dtype_of(precision: Precision, device: torch.device) -> torch.dtype:
    """The type of a network's weights; by default bfloat16 on a GPU, whose gradients cannot overflow."""
    if precision == "auto":
        return torch.bfloat16 if device.type == "cuda" else torch.float32
    return DTYPES[precision]


def layout_of(device: torch.device) -> torch.memory_format:
    """How weights of convolutions lie: a GPU's kernels are 10-15 % faster with channels last."""
    return torch.channels_last if device.type == "cuda" else torch.preserve_format
