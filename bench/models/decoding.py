"""From latents to images in the fastest type that shows no difference, measured where the model runs.

bfloat16 has 8 bits, as many as a pixel, so that float16 is the candidate; some autoencoders overflow it (SDXL's own).
Whether it will do is a property of the weights and of the device's kernels, so it is decided by decoding and
differentiating a latent of the model's own in both, against float32 without TF32 kernels.
"""

from copy import deepcopy
from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor, nn

from bench.problem.seeding import stream

DecodePrecision = Literal["auto", "fp32", "bf16", "fp16"]

IMAGE_BOUND = 1 / 255
"""The largest error of any pixel, of images in [0, 1]: less than one step of an 8-bit file."""
GRADIENT_BOUND = 0.01
"""The relative error of the gradient: a bfloat16 denoiser's own gradients are off by 0.05."""

_HALVES = {"auto": torch.float16, "fp16": torch.float16, "bf16": torch.bfloat16}
"""Both are equally fast, so that `auto` tries the more exact one alone."""


class DecodeError(NamedTuple):
    """How far a decoder is from float32.

    Attributes:
        image: the largest difference of a pixel, of images in [0, 1].
        gradient: norm of the difference of the gradients to the latent, over that of float32's.
    """

    image: float
    gradient: float

    @property
    def unseen(self) -> bool:
        """Whether it is within the bounds; what is not finite is not."""
        return self.image < IMAGE_BOUND and self.gradient < GRADIENT_BOUND


def decode(autoencoder: Any, latent: Tensor) -> Tensor:  # noqa: ANN401 - diffusers has no types
    """Images `(n, 3, H, W)` float32, nominally in [0, 1], of latents `(n, channels, h, w)` as the autoencoder has them.

    In float16 the gradient runs at a scale where it neither underflows nor overflows. It is linear in what comes from
    the images, and a power of two is exact, so that nothing else changes.
    """
    if autoencoder.dtype is not torch.float16:
        image = autoencoder.decode(latent.to(autoencoder.dtype)).sample.float()
    else:
        small, scale = _ScaleDown.apply(latent)  # type: ignore[no-untyped-call]
        image = _ScaleUp.apply(autoencoder.decode(small).sample, scale)  # type: ignore[no-untyped-call]
    # An autoencoder whose weights lie channels last makes images that do: no business of rewards.
    halved: Tensor = (image / 2 + 0.5).contiguous()
    return halved


def in_precision(
    autoencoder: Any,  # noqa: ANN401
    precision: Literal["auto", "bf16", "fp16"],
    latent: Tensor,
) -> tuple[Any, DecodeError | None]:
    """The autoencoder in the type asked for, and its error on `latent`; for `auto` float16 if that error is unseen.

    Args:
        autoencoder: in float32.
        precision: the type, or `auto`.
        latent: `(n, channels, h, w)`, as the autoencoder has them.

    Returns:
        None for an error that the device's memory is too small to measure.
    """
    # diffusers' own `to` warns of parts that are to stay in float32 where there are none.
    half = nn.Module.to(deepcopy(autoencoder), _HALVES[precision])
    error = _error_that_fits(half, autoencoder, latent)
    if precision != "auto" or (error is not None and error.unseen):
        return half, error
    return autoencoder, _error_that_fits(autoencoder, autoencoder, latent)  # what TF32 kernels do, where it has them


def _error_that_fits(autoencoder: Any, exact: Any, latent: Tensor) -> DecodeError | None:  # noqa: ANN401
    try:
        return error_of(autoencoder, exact, latent)
    except torch.OutOfMemoryError:
        return None


def error_of(autoencoder: Any, exact: Any, latent: Tensor) -> DecodeError:  # noqa: ANN401
    """How far `autoencoder` is from `exact`, which is in float32 and runs without TF32 kernels."""
    image, gradient = _differentiated(autoencoder, latent)
    with torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
        true_image, true_gradient = _differentiated(exact, latent)
    difference = (image - true_image).abs().max()
    return DecodeError(float(difference), float((gradient - true_gradient).norm() / true_gradient.norm()))


def _differentiated(autoencoder: Any, latent: Tensor) -> tuple[Tensor, Tensor]:  # noqa: ANN401
    """The image, and the gradient of a weighted mean of its pixels: as small a pixel as that of a reward."""
    latent = latent.detach().requires_grad_()
    autoencoder.enable_gradient_checkpointing()  # at 1024 pixels float32 keeps 22 GiB
    try:
        with torch.enable_grad():
            image = decode(autoencoder, latent)
        weights = torch.randn(image.shape, generator=stream("weights of pixels")).to(image) / image[0].numel()
        (gradient,) = torch.autograd.grad(image, latent, weights)
    finally:
        autoencoder.disable_gradient_checkpointing()
    return image.detach(), gradient


class _ScaleDown(torch.autograd.Function):
    """To float16; its backward pass comes last and takes back what `_ScaleUp` scaled by.

    That comes as the gradient of a second result, whose values mean nothing.
    """

    @staticmethod
    def forward(ctx: Any, latent: Tensor) -> tuple[Tensor, Tensor]:  # noqa: ANN401
        return latent.half(), latent.new_zeros(len(latent), 1, 1, 1)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:  # noqa: ANN401
        scaled, scale = gradients
        return scaled.float() / scale


class _ScaleUp(torch.autograd.Function):
    """To float32; its backward pass comes first and brings each sample's largest gradient into [1, 2)."""

    @staticmethod
    def forward(ctx: Any, image: Tensor, scale: Tensor) -> Tensor:  # noqa: ANN401
        return image.float()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor]:  # noqa: ANN401
        (gradient,) = gradients
        largest = gradient.abs().amax((1, 2, 3), keepdim=True).clamp_min(torch.finfo(torch.float32).tiny)
        scale = torch.exp2(-largest.log2().floor())
        return (gradient * scale).half(), scale
