"""How probable a latent's norm is under N(0, I): ReNO's regulariser (https://arxiv.org/abs/2406.04312)."""

import torch
from torch import Tensor


def norm_penalty(noise: Tensor) -> Tensor:
    """Minus the log-density of the chi distribution at the norm of each row, up to a constant, summed over the rows.

    |z|^2 / 2 - (d - 1) log |z| of a row z of d numbers, least at |z| = sqrt(d - 1). ReNO has one row, the initial
    latent; rows are independent, so that their log-densities add up, and each keeps a norm of its own.

    Args:
        noise: some rows of each sample's noise, `(n, rows, *latent_shape)`.

    Returns:
        One value a sample, `(n,)`, in float32 at least: half precision ends before the square of a latent's norm does.
        A row of norm 3e-4 or less, in float32, has no gradient: zeros have no direction to be pushed in.
    """
    flat = noise.flatten(2)
    flat = flat.to(torch.promote_types(flat.dtype, torch.float32))
    squares = flat.square().sum(2).clamp_min(torch.finfo(flat.dtype).eps)
    penalties: Tensor = (squares - (flat.shape[2] - 1) * squares.log()).sum(1) / 2
    return penalties
