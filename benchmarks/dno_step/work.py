"""What a step asks of the device, and what the device could do: floating-point operations and matrix rate."""

import torch
from torch.utils.flop_counter import FlopCounterMode, sdpa_backward_flop_count, sdpa_flop_count

from bench.models.latent import Condition, LatentModel
from bench.run.clock import device_clock

_PRODUCT = {"cuda": (8192, torch.bfloat16), "cpu": (512, torch.float32)}
_PRODUCTS, _ROUNDS = 10, 5
_aten = torch.ops.aten
_CPU_ATTENTION = {  # the counter knows the kernels of GPUs only; what it hands over are shapes
    _aten._scaled_dot_product_flash_attention_for_cpu: lambda q, k, v, *_, **__: sdpa_flop_count(q, k, v),
    _aten._scaled_dot_product_flash_attention_for_cpu_backward: (
        lambda gradient, q, k, v, *_, **__: sdpa_backward_flop_count(gradient, q, k, v)
    ),
}


def matrix_rate(device: torch.device) -> float:
    """Floating-point operations a second of a square matrix product: the best of several rounds.

    In the type that networks have there: bfloat16 on a GPU, float32 on a CPU.
    """
    (side, dtype), now = _PRODUCT[device.type], device_clock(device)
    left, right = (torch.randn(side, side, device=device, dtype=dtype) for _ in range(2))
    rounds = []
    for _ in range(_ROUNDS):
        start = now()
        for _ in range(_PRODUCTS):
            left @ right
        rounds.append(now() - start)
    return 2 * side**3 * _PRODUCTS / min(rounds)


def step_operations(model: LatentModel, condition: Condition) -> int:
    """Floating-point operations of one update of one sample, nothing of it done twice.

    Every prediction and the decode, forward and backward; the reward is not counted. A loop that recomputes does more.

    Args:
        model: not replayed, since a graph shows the counter nothing.
        condition: of the prompt.
    """
    latent = torch.zeros(1, *model.latent_shape, device=model.device, requires_grad=True)
    with counter() as predicted:
        model.predict(latent, 0, condition).eps.sum().backward()
    with counter() as decoded:
        model.decode(latent).sum().backward()
    return int(model.steps * predicted.get_total_flops() + decoded.get_total_flops())


def counter() -> FlopCounterMode:
    """Counts the operations of a block, backward passes in it included."""
    return FlopCounterMode(display=False, custom_mapping=_CPU_ATTENTION)
