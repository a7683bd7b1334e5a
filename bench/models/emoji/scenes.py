"""The data distribution of the `emoji` model, exactly: what a scene is, how it is drawn, how it is sampled.

A scene is one drawing, natural or tinted, mirrored or not, at one of 14 places on a plain background: 32x32 pixels.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image
from torch import Generator, Tensor

from bench.models.emoji.paths import FOLDER
from bench.models.emoji.vocabulary import COLORS, NOUNS, RGB

SIZE = 32
SIZES = (30, 31, 32)
NATURAL = -1
_LUMA = torch.tensor([0.3, 0.59, 0.11]).view(1, 3, 1, 1)


class Scenes(NamedTuple):
    """`n` scenes; each field is `(n,)` int64.

    Attributes:
        noun: index into NOUNS.
        tint: index into COLORS, or NATURAL for the drawing's own colours.
        background: index into COLORS, never that of the tint.
        size: side of the drawing in pixels, one of SIZES.
        x, y: offset of the drawing from the left and the top, 0 to 32 - size.
        mirror: 1 if flipped left to right.
    """

    noun: Tensor
    tint: Tensor
    background: Tensor
    size: Tensor
    x: Tensor
    y: Tensor
    mirror: Tensor


POSES = torch.tensor(
    [
        (size, x, y, mirror)
        for size in SIZES
        for x in range(SIZE - size + 1)
        for y in range(SIZE - size + 1)
        for mirror in (0, 1)
    ]
)
"""All `(size, x, y, mirror)`, `(28, 4)`."""


def sample(n: int, generator: Generator) -> Scenes:
    """`n` random scenes: half of them tinted (less where the tint would be the background's colour)."""

    def below(high: int) -> Tensor:
        return torch.randint(high, (n,), generator=generator)

    noun, background, tint, mirror = below(len(NOUNS)), below(len(COLORS)), below(len(COLORS)), below(2)
    natural = (below(2) == 0) | (tint == background)
    size = SIZES[0] + below(len(SIZES))
    x, y = ((torch.rand(n, generator=generator) * (SIZE + 1 - size)).long() for _ in range(2))
    return Scenes(noun, torch.where(natural, NATURAL, tint), background, size, x, y, mirror)


def render(scenes: Scenes) -> Tensor:
    """Images `(n, 3, 32, 32)` in [0, 1]."""
    cover, alpha = layers(scenes)
    return cover + (1 - alpha) * palette()[scenes.background].view(-1, 3, 1, 1)


def layers(scenes: Scenes) -> tuple[Tensor, Tensor]:
    """The drawings without their background: premultiplied colour `(n, 3, 32, 32)` and alpha `(n, 1, 32, 32)`."""
    drawn = _place(_sprites()[scenes.noun, scenes.size - SIZES[0]], scenes)
    alpha = drawn[:, 3:]
    return tinted(drawn[:, :3], scenes.tint) * alpha, alpha


def tinted(rgb: Tensor, tint: Tensor) -> Tensor:
    """Colours `(n, 3, h, w)` in the tint `(n,)`, light and dark preserved; NATURAL leaves them."""
    light = (rgb * _LUMA).sum(1, keepdim=True)
    color = palette()[tint.clamp_min(0)].view(-1, 3, 1, 1)
    shaded = torch.where(light < 0.5, color * (1.8 * light + 0.1), color + (1 - color) * 1.6 * (light - 0.5))
    which = tint.view(-1, 1, 1, 1)
    greys = {"white": 1 - 0.35 * (1 - light), "black": 0.45 * light, "gray": 0.25 + 0.55 * light}
    for name, grey in greys.items():
        shaded = torch.where(which == COLORS.index(name), grey, shaded)
    return torch.where(which == NATURAL, rgb, shaded.clamp(0, 1))


@cache
def palette() -> Tensor:
    """RGB in [0, 1] of each colour word, `(11, 3)`."""
    return torch.tensor([RGB[name] for name in COLORS]) / 255


def _place(sprites: Tensor, scenes: Scenes) -> Tensor:
    """Sprites `(n, 4, 32, 32)` that lie in the upper left corner, mirrored and moved to their place."""
    span = torch.arange(SIZE)
    rows = (span - scenes.y[:, None]) % SIZE
    from_left = span - scenes.x[:, None]
    columns = torch.where(scenes.mirror[:, None] == 1, scenes.size[:, None] - 1 - from_left, from_left) % SIZE
    n, channel = torch.arange(len(sprites))[:, None, None, None], torch.arange(4)[:, None, None]
    return sprites[n, channel, rows[:, None, :, None], columns[:, None, None, :]]


@cache
def _sprites() -> Tensor:
    """The drawings, `(nouns, sizes, 4, 32, 32)` RGBA in [0, 1], from the atlas: a row a noun, a column a size."""
    atlas = torch.from_numpy(np.asarray(Image.open(FOLDER / "sprites.png").convert("RGBA")).copy())
    cells: Tensor = atlas.unflatten(0, (len(NOUNS), SIZE)).unflatten(2, (len(SIZES), SIZE))
    return cells.permute(0, 2, 4, 1, 3).float() / 255
