"""How far an image is from the model's true distribution: the distance to the nearest scene its caption allows.

The search is exhaustive over the generator's parameters (28 poses, up to 12 tints, up to 11 backgrounds), so it has no
error: the distance of an allowed scene is 0, but for rounding (below 1e-3).
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache

import torch
from torch import Tensor

from bench.models.emoji.captions import Allowed, parse
from bench.models.emoji.scenes import NATURAL, POSES, Scenes, layers, palette
from bench.models.emoji.vocabulary import COLORS, NOUNS


def support_distance(images: Tensor, captions: Sequence[str]) -> Tensor:
    """Root-mean-square distance to the nearest allowed scene, over pixels and channels, in [0, 1].

    Measured on the image as it is displayed, that is clamped to [0, 1].

    Args:
        images: `(n, 3, 32, 32)`, nominally in [0, 1].
        captions: one an image.

    Returns:
        Distances `(n,)`.

    Raises:
        ValueError: a caption is not one of the model's.
    """
    squared = [_squared_distances(image, allowed).min() for image, allowed in _shown(images, captions)]
    distances = (torch.stack(squared).clamp_min(0) / images[0].numel()).sqrt()
    return distances.to(images.device, torch.float32)


def nearest_scenes(images: Tensor, captions: Sequence[str]) -> Scenes:
    """The allowed scene that is nearest to each image; arguments and errors are those of `support_distance`."""
    return Scenes(*torch.tensor([_nearest(image, allowed) for image, allowed in _shown(images, captions)]).T)


def _shown(images: Tensor, captions: Sequence[str]) -> Iterator[tuple[Tensor, Allowed]]:
    return zip(images.detach().clamp(0, 1).cpu().double(), map(parse, captions), strict=True)


def _nearest(image: Tensor, allowed: Allowed) -> tuple[int, ...]:
    """The fields of a scene."""
    names = _backgrounds(allowed)
    pose, background = divmod(int(_squared_distances(image, allowed).argmin()), len(names))
    return NOUNS.index(allowed.noun), _tint(allowed), COLORS.index(names[background]), *POSES[pose].tolist()


def _squared_distances(image: Tensor, allowed: Allowed) -> Tensor:
    """To each pose of the drawing on each background, `(28, backgrounds)`, summed over pixels and channels."""
    cover, gap = _drawings(allowed.noun, _tint(allowed))
    colors = palette()[[COLORS.index(name) for name in _backgrounds(allowed)]].double()
    # |rest - gap b|^2 = |rest|^2 - 2 <rest, gap b> + <gap^2, b^2>, for every drawing and background at once.
    rest = image[None] - cover
    cross = torch.einsum("pchw,phw,bc->pb", rest, gap, colors)
    square = gap.square().sum((1, 2))[:, None] * colors.square().sum(1)
    squared: Tensor = rest.square().sum((1, 2, 3))[:, None] - 2 * cross + square
    return squared


def _backgrounds(allowed: Allowed) -> list[str]:
    return [allowed.background] if allowed.background else [name for name in COLORS if name != allowed.tint]


def _tint(allowed: Allowed) -> int:
    return NATURAL if allowed.tint is None else COLORS.index(allowed.tint)


@lru_cache(maxsize=256)
def _drawings(noun: str, tint: int) -> tuple[Tensor, Tensor]:
    """All poses of a drawing: premultiplied colour `(28, 3, 32, 32)`, and the background's share `(28, 32, 32)`."""
    n = len(POSES)
    size, x, y, mirror = POSES.T
    background = torch.zeros(n, dtype=torch.int64)
    drawing = torch.full((n,), NOUNS.index(noun)), torch.full((n,), tint)
    whole = Scenes(*drawing, background, size, x, y, mirror)
    cover, alpha = layers(whole)
    return cover.double(), (1 - alpha[:, 0]).double()
