"""The images themselves, of the most telling prompts first: rows are methods, columns are budgets."""

from collections.abc import Callable, Iterator
from math import nan
from pathlib import Path
from textwrap import wrap

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from PIL import Image

from bench.analysis.declared import Directions, direction
from bench.analysis.probability import TRUTHS
from bench.analysis.telling import telling_prompts
from bench.output.evidence import Evidence
from bench.output.images import read_image
from bench.output.looks import BETTER, WORSE, Looks
from bench.output.plots.registry import LeftOutError, Plot, plot, slug
from bench.output.plots.style import theme
from bench.store.columns import BASELINE, TASK
from bench.suite.budget import budget_text

TILE, GAP, CAPTION, LINE, SMALL, LETTER = 1.25, 0.08, 0.44, 0.2, 0.115, 0.085
"""Inches: a picture, the space between two, the words below one, a line of text, a small one, the width of a letter."""

PIXELS = 250
"""The side of a picture at 200 dpi."""

WORDS = {"failed": "failed", "none": "nothing\nscored yet", "missing": "not run"}
CAPTIONS = {"best_reward": "reward"} | {name: name for name in TRUTHS}
"""What stands below a picture, where it is known."""
DECIMALS = 2
COLOURS = "green: better than base there; orange: worse"

FindImage = Callable[[pd.Series], Path | None]


@plot("contact")
def contact_sheets(found: Evidence) -> Iterator[Plot]:
    """Draw a sheet of the first seed of each (task, prompt) that has an image, of each task the most telling first."""
    # Read from CSV, an empty field is NaN.
    scores = found.scores.assign(image=found.scores["image"].astype(object).fillna(""))
    first = scores[scores["seed"] == scores.groupby([*TASK, "prompt"])["seed"].transform("min")]
    pictured = {key: rows for key, rows in first.groupby([*TASK, "prompt"]) if (rows["image"] != "").any()}
    sheets = [pictured[key] for key in _most_telling(scores) if key in pictured]
    if not sheets:
        raise LeftOutError("the run has no images")
    for number, sheet in enumerate(sheets, start=1):
        reward, prompt = sheet[["reward", "prompt"]].iloc[0]
        name = f"contact-{number:03d}-{slug(f'{reward} {prompt}')}"
        yield Plot(name, plot_contact_sheet(sheet, found.looks, found.image, found.directions), sheet)


def _most_telling(scores: pd.DataFrame) -> list[tuple[object, ...]]:
    """The prompt of each task on which methods come furthest apart, then the next of each: by `TASK` and prompt."""
    prompts = telling_prompts(scores)
    ordered = prompts.assign(rank=prompts.groupby(TASK).cumcount()).sort_values("rank", kind="stable")
    return list(ordered[[*TASK, "prompt"]].itertuples(index=False, name=None))


def plot_contact_sheet(sheet: pd.DataFrame, styles: Looks, find: FindImage, directions: Directions) -> Figure:
    """Show the incumbent's image of each method at each budget; below what it is worth, better or worse than base's.

    Args:
        sheet: rows of the store's scores for one (task, prompt, seed).
        styles: whose order the rows have.
        find: gives the image file of a row, or None.
        directions: which way is better.
    """
    methods = [name for name in styles if name in set(sheet["method"])]
    budgets = sorted(sheet["budget"].unique())
    unit = sheet["budget_unit"].iloc[0]
    left = LETTER * max(map(len, methods)) + 2 * GAP
    width = left + len(budgets) * (TILE + GAP)
    title = _title(sheet, width)
    top = LINE * (len(title) + 1) + GAP
    with theme():
        figure, ax = _inches(width, top + len(methods) * (TILE + CAPTION))
        ax.text(GAP, GAP, "\n".join(title), va="top")
        for column, budget in enumerate(budgets):
            x = left + column * (TILE + GAP)
            ax.text(x + TILE / 2, top - GAP / 2, budget_text(budget, unit), ha="center", va="bottom")
            for row, method in enumerate(methods):
                cells = sheet[(sheet["method"] == method) & (sheet["budget"] == budget)]
                own = sheet[(sheet["method"] == BASELINE) & (sheet["budget"] == budget)]
                _draw_tile(ax, x, top + row * (TILE + CAPTION), cells, find)
                _draw_captions(ax, x, top + row * (TILE + CAPTION) + TILE, cells, own, directions)
        for row, method in enumerate(methods):
            ax.text(left - GAP, top + row * (TILE + CAPTION) + TILE / 2, method, ha="right", va="center")
    return figure


def _title(sheet: pd.DataFrame, width: float) -> list[str]:
    first = sheet.iloc[0]
    title = wrap(f"{first['prompt']} · {first['reward']} · seed {first['seed']}", int(width / LETTER))
    return title + (wrap(COLOURS, int(width / LETTER)) if BASELINE in set(sheet["method"]) else [])


def _inches(width: float, height: float) -> tuple[Figure, Axes]:
    """Make a figure of one frameless panel, measured in inches from the top left."""
    figure = Figure(figsize=(width, height))
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, width), ylim=(height, 0), autoscale_on=False)
    ax.set_axis_off()
    return figure, ax


def _draw_tile(ax: Axes, x: float, y: float, cells: pd.DataFrame, find: FindImage) -> None:
    """Draw what a method had at a budget, its top left at (x, y); `cells` is one row, or none if it was not planned."""
    cell = cells.iloc[0] if len(cells) else None
    tile = None if cell is None else _tile(find(cell))
    if cell is None or tile is None:
        words = WORDS.get("missing" if cell is None else cell["status"], "no image")
        ax.add_patch(Rectangle((x, y), TILE, TILE, color="0.95"))
        ax.text(x + TILE / 2, y + TILE / 2, words, ha="center", va="center", color="0.4")
        return
    ax.imshow(tile, extent=(x, x + TILE, y + TILE, y), aspect="auto", interpolation="none")


def _draw_captions(
    ax: Axes, x: float, y: float, cells: pd.DataFrame, own: pd.DataFrame, directions: Directions
) -> None:
    """Write below a tile whose lower left is (x, y) what its cell is worth; `own` is the row of base, or none."""
    for _, cell in cells[cells["best_reward"].notna()].iterrows():
        for place, (line, colour) in enumerate(_captions(cell, own, directions)):
            lower = y + GAP / 3 + place * SMALL
            ax.text(x + TILE / 2, lower, line, ha="center", va="top", fontsize="x-small", color=colour)


def _captions(cell: pd.Series, own: pd.DataFrame, directions: Directions) -> Iterator[tuple[str, str]]:
    """Each line with its colour: better or worse than what base has, as far as the digits tell."""
    for name, label in CAPTIONS.items():
        if pd.isna(cell.get(name)):
            continue
        theirs = own[name].iloc[0] if len(own) else nan
        more = round(cell[name], DECIMALS) - round(theirs, DECIMALS)
        better = more * direction(name, directions)
        told = name == "best_reward" and cell["method"] != BASELINE and pd.notna(more)
        gap = f" ({more:+.{DECIMALS}f})" if told else ""
        yield f"{label} {cell[name]:.{DECIMALS}f}{gap}", BETTER if better > 0 else WORSE if better < 0 else "k"


def _tile(path: Path | None) -> Image.Image | None:
    """Read a picture at the size it is drawn in, since matplotlib would resize it for each file, and slowly."""
    image = read_image(path) if path else None
    return image and image.resize((PIXELS, PIXELS), Image.Resampling.LANCZOS)
