"""What a task comes to, in images: what the model makes, who has the most reward, and who has most and stays."""

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import NamedTuple

import pandas as pd
from matplotlib.figure import Figure

from bench.analysis.declared import Directions
from bench.analysis.headlines import Headline, headlines
from bench.analysis.telling import telling_prompts
from bench.output.evidence import Evidence
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

PROMPTS = 8
"""At most so many columns, those on which methods come furthest apart."""
_LETTERS = int(TILE / LETTER)


class Row(NamedTuple):
    """A method and what it stands for."""

    method: str
    role: str


@plot("gallery")
def galleries(found: Evidence) -> Iterator[Plot]:
    """Draw of each task the first seed's results at its largest budget."""
    scores = found.scores.assign(image=found.scores["image"].astype(object).fillna(""))
    if not (scores["image"] != "").any():
        raise LeftOutError("the run has no images")
    found_out = headlines(scores)
    if not found_out:
        raise LeftOutError(f"no method but {BASELINE} has a reward")
    for headline in found_out:
        here = scores[(scores[TASK] == list(headline.task)).all(axis=1) & (scores["budget"] == headline.budget)]
        cells = here[here["seed"] == here.groupby("prompt")["seed"].transform("min")]
        prompts = list(telling_prompts(here)["prompt"][:PROMPTS])
        figure = plot_gallery(cells, prompts, rows_of(headline), found.image, found.directions)
        yield Plot(f"gallery-{slug(' '.join(map(str, headline.task)))}", figure, cells)


def rows_of(headline: Headline) -> list[Row]:
    """The model itself, who has the most reward, and where that has left the distribution who has most and stays."""
    leader, stayer = headline.leader, headline.stayer
    rows = [Row(BASELINE, "the model's own"), Row(leader.method, "the most reward")]
    if stayer is not None:
        rows.append(Row(stayer.method, "the most of those that stay in distribution"))
    return rows


def plot_gallery(
    cells: pd.DataFrame, prompts: Sequence[str], rows: Sequence[Row], find: FindImage, directions: Directions
) -> Figure:
    """Show a column for each prompt; below each image what it is worth, better or worse than base's.

    Args:
        cells: rows of the store's scores, one a prompt and method, of one task, budget and seed a prompt.
        prompts: from left to right.
        rows: from above.
        find: gives the image file of a row, or None.
        directions: which way is better.
    """
    heads, left, first = [wrap(prompt, _LETTERS) for prompt in prompts], 1.5 * TILE, cells.iloc[0]
    width = left + len(prompts) * (TILE + GAP)
    title = f"{first['reward']} at {budget_text(first['budget'], first['budget_unit'])} · {COLOURS}"
    titles = wrap(title, int(width / LETTER) - 1)
    top = LINE * (max(map(len, heads)) + len(titles)) + 2 * GAP
    with theme():
        figure, ax = sheet_of(width, top + len(rows) * (TILE + CAPTION))
        ax.text(GAP, GAP, "\n".join(titles), va="top")
        for line, row in enumerate(rows):
            y = top + line * (TILE + CAPTION)
            words = "\n".join([row.method, *wrap(row.role, _LETTERS + 4)])
            ax.text(left - GAP, y + TILE / 2, words, ha="right", va="center")
        for column, (prompt, head) in enumerate(zip(prompts, heads, strict=True)):
            x, here = left + column * (TILE + GAP), cells[cells["prompt"] == prompt]
            ax.text(x + TILE / 2, top - GAP / 2, "\n".join(head), ha="center", va="bottom", fontsize="small")
            for line, row in enumerate(rows):
                y, cell = top + line * (TILE + CAPTION), here[here["method"] == row.method]
                draw_tile(ax, x, y, cell, find)
                draw_captions(ax, x, y + TILE, cell, here[here["method"] == BASELINE], directions)
    return figure
