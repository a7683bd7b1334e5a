"""The images themselves, of the most telling prompts first: rows are methods, columns are budgets."""

from collections.abc import Iterator
from textwrap import wrap

import pandas as pd
from matplotlib.figure import Figure

from bench.analysis.declared import Directions
from bench.analysis.telling import telling_prompts
from bench.output.evidence import Evidence
from bench.output.looks import Looks
from bench.output.plots.registry import LeftOutError, Plot, plot, slug
from bench.output.plots.style import theme
from bench.output.plots.tiles import (
    CAPTION,
    COLOURS,
    GAP,
    LETTER,
    LINE,
    TILE,
    FindImage,
    draw_captions,
    draw_tile,
    sheet_of,
)
from bench.store.columns import BASELINE, TASK
from bench.suite.budget import budget_text


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
        figure, ax = sheet_of(width, top + len(methods) * (TILE + CAPTION))
        ax.text(GAP, GAP, "\n".join(title), va="top")
        for column, budget in enumerate(budgets):
            x = left + column * (TILE + GAP)
            ax.text(x + TILE / 2, top - GAP / 2, budget_text(budget, unit), ha="center", va="bottom")
            for row, method in enumerate(methods):
                cells = sheet[(sheet["method"] == method) & (sheet["budget"] == budget)]
                own = sheet[(sheet["method"] == BASELINE) & (sheet["budget"] == budget)]
                draw_tile(ax, x, top + row * (TILE + CAPTION), cells, find)
                draw_captions(ax, x, top + row * (TILE + CAPTION) + TILE, cells, own, directions)
        for row, method in enumerate(methods):
            ax.text(left - GAP, top + row * (TILE + CAPTION) + TILE / 2, method, ha="right", va="center")
    return figure


def _title(sheet: pd.DataFrame, width: float) -> list[str]:
    first = sheet.iloc[0]
    title = wrap(f"{first['prompt']} · {first['reward']} · seed {first['seed']}", int(width / LETTER))
    return title + (wrap(COLOURS, int(width / LETTER)) if BASELINE in set(sheet["method"]) else [])
