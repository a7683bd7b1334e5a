"""Pictures of cells on a sheet measured in inches from its top left, with what each is worth below."""

from collections.abc import Callable, Iterator
from math import nan
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from PIL import Image

from bench.analysis.declared import Directions, direction
from bench.analysis.probability import TRUTHS
from bench.output.images import read_image
from bench.output.looks import BETTER, WORSE
from bench.store.columns import BASELINE

TILE, GAP, CAPTION, LINE, SMALL, LETTER = 1.25, 0.08, 0.44, 0.2, 0.115, 0.085
"""Inches: a picture, the space between two, the words below one, a line of text, a small one, the width of a letter."""
PIXELS = 250
"""The side of a picture at 200 dpi."""
COLOURS = "green: better than base there; orange: worse"
"""What the captions' colours say."""
_WORDS = {"failed": "failed", "none": "nothing\nscored yet", "missing": "not run"}
_CAPTIONS = {"best_reward": "reward"} | {name: name for name in TRUTHS}  # below a picture, where it is known
_DECIMALS = 2

FindImage = Callable[[pd.Series], Path | None]
"""Gives the image file of a row of the scores, or None."""


def sheet_of(width: float, height: float) -> tuple[Figure, Axes]:
    """A figure of one frameless panel, measured in inches from the top left."""
    figure = Figure(figsize=(width, height))
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, width), ylim=(height, 0), autoscale_on=False)
    ax.set_axis_off()
    return figure, ax


def draw_tile(ax: Axes, x: float, y: float, cells: pd.DataFrame, find: FindImage) -> None:
    """Draw what a method had at a budget, its top left at (x, y); `cells` is one row, or none if it was not planned."""
    cell = cells.iloc[0] if len(cells) else None
    tile = None if cell is None else _tile(find(cell))
    if cell is None or tile is None:
        words = _WORDS.get("missing" if cell is None else cell["status"], "no image")
        ax.add_patch(Rectangle((x, y), TILE, TILE, color="0.95"))
        ax.text(x + TILE / 2, y + TILE / 2, words, ha="center", va="center", color="0.4")
        return
    ax.imshow(tile, extent=(x, x + TILE, y + TILE, y), aspect="auto", interpolation="none")


def draw_captions(ax: Axes, x: float, y: float, cells: pd.DataFrame, own: pd.DataFrame, directions: Directions) -> None:
    """Write below a tile whose lower left is (x, y) what its cell is worth; `own` is the row of base, or none."""
    for _, cell in cells[cells["best_reward"].notna()].iterrows():
        for place, (line, colour) in enumerate(_captions(cell, own, directions)):
            lower = y + GAP / 3 + place * SMALL
            ax.text(x + TILE / 2, lower, line, ha="center", va="top", fontsize="x-small", color=colour)


def _captions(cell: pd.Series, own: pd.DataFrame, directions: Directions) -> Iterator[tuple[str, str]]:
    """Each line with its colour: better or worse than what base has, as far as the digits tell."""
    for name, label in _CAPTIONS.items():
        if pd.isna(cell.get(name)):
            continue
        theirs = own[name].iloc[0] if len(own) else nan
        more = round(cell[name], _DECIMALS) - round(theirs, _DECIMALS)
        better = more * direction(name, directions)
        told = name == "best_reward" and cell["method"] != BASELINE and pd.notna(more)
        gap = f" ({more:+.{_DECIMALS}f})" if told else ""
        yield f"{label} {cell[name]:.{_DECIMALS}f}{gap}", BETTER if better > 0 else WORSE if better < 0 else "k"


def _tile(path: Path | None) -> Image.Image | None:
    """Read a picture at the size it is drawn in, since matplotlib would resize it for each file, and slowly."""
    image = read_image(path) if path else None
    return image and image.resize((PIXELS, PIXELS), Image.Resampling.LANCZOS)
