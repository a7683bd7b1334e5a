"""The images themselves: rows are methods, columns are budgets, for one prompt and seed."""

from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import wrap

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from PIL import Image

from bench.output.evidence import Evidence
from bench.output.images import read_image
from bench.output.looks import Looks
from bench.output.plots.registry import LeftOutError, Plot, plot, slug
from bench.output.plots.style import theme
from bench.store.columns import TASK
from bench.suite.budget import budget_text

TILE, GAP, CAPTION, LINE, LETTER = 1.25, 0.08, 0.36, 0.2, 0.085
"""Inches: a picture, the space between two, the words below one, a line of text, the width of a letter."""

PIXELS = 250
"""The side of a picture at 200 dpi."""

WORDS = {"failed": "failed", "none": "nothing\nscored yet", "missing": "not run"}


FindImage = Callable[[pd.Series], Path | None]


@plot("contact")
def contact_sheets(found: Evidence) -> Iterator[Plot]:
    """Draw a sheet of the first seed of each (task, prompt) that has an image."""
    # Read from CSV, an empty field is NaN.
    scores = found.scores.assign(image=found.scores["image"].astype(object).fillna(""))
    first = scores[scores["seed"] == scores.groupby([*TASK, "prompt"])["seed"].transform("min")]
    sheets = [rows for _, rows in first.groupby([*TASK, "prompt"]) if (rows["image"] != "").any()]
    if not sheets:
        raise LeftOutError("the run has no images")
    for number, sheet in enumerate(sheets, start=1):
        reward, prompt = sheet[["reward", "prompt"]].iloc[0]
        name = f"contact-{number:03d}-{slug(f'{reward} {prompt}')}"
        yield Plot(name, plot_contact_sheet(sheet, found.looks, found.image), sheet)


def plot_contact_sheet(sheet: pd.DataFrame, styles: Looks, find: FindImage) -> Figure:
    """Show the incumbent's image of each method at each budget, its reward and adherence below.

    Args:
        sheet: rows of the store's scores for one (task, prompt, seed).
        styles: whose order the rows have.
        find: gives the image file of a row, or None.
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
                _draw_tile(ax, x, top + row * (TILE + CAPTION), cells, find)
        for row, method in enumerate(methods):
            ax.text(left - GAP, top + row * (TILE + CAPTION) + TILE / 2, method, ha="right", va="center")
    return figure


def _title(sheet: pd.DataFrame, width: float) -> list[str]:
    first = sheet.iloc[0]
    return wrap(f"{first['prompt']} · {first['reward']} · seed {first['seed']}", int(width / LETTER))


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
    lines = [f"reward {cell['best_reward']:.2f}"]
    if pd.notna(cell.get("adherence")):
        lines.append(f"adherence {cell['adherence']:.2f}")
    ax.text(x + TILE / 2, y + TILE + GAP / 3, "\n".join(lines), ha="center", va="top", fontsize="x-small")


def _tile(path: Path | None) -> Image.Image | None:
    """Read a picture at the size it is drawn in, since matplotlib would resize it for each file, and slowly."""
    image = read_image(path) if path else None
    return image and image.resize((PIXELS, PIXELS), Image.Resampling.LANCZOS)
