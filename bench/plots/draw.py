"""Draw all plots that the data of a run allows, and write them down."""

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from matplotlib.figure import Figure

from bench.analysis.curves import mean_curves
from bench.analysis.hacking import DISTANCE, hacking_path, hacking_points
from bench.analysis.probability import probability_points
from bench.analysis.scores import TASK, largest_budget, summarise
from bench.plots.contact_sheet import plot_contact_sheet
from bench.plots.curves import AXIS_LABELS, plot_curves
from bench.plots.hacking import plot_hacking
from bench.plots.intervals import plot_intervals
from bench.plots.probability import plot_probability
from bench.plots.style import theme

SLUG_LENGTH = 60


class Plot(NamedTuple):
    """A figure, the name of its files, and the numbers that it shows."""

    name: str
    figure: Figure
    data: pd.DataFrame


def draw_all(scores: pd.DataFrame, curves: pd.DataFrame, run_dir: Path, out_dir: Path) -> list[Path]:
    """Draw everything that the data allows into `out_dir`.

    Args:
        scores: of the store, one row a cell and budget.
        curves: of the store, one row an event.
        run_dir: where the paths of images begin.
        out_dir: made if need be; each plot becomes a PNG of 200 dpi, a PDF, and a CSV of the data behind it.

    Returns:
        The files written.
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    of_scores = chain(_intervals(scores), _hacking(scores), _probability(scores), _contact_sheets(scores, run_dir))
    return [path for plot in chain(_curves(scores, curves), of_scores) for path in _write(plot, out_dir)]


def _curves(scores: pd.DataFrame, curves: pd.DataFrame) -> Iterator[Plot]:
    for axis in AXIS_LABELS:
        means = mean_curves(curves, scores, axis)
        if means["mean"].notna().any():
            yield Plot(f"curves-{axis}", plot_curves(means, axis), means)


def _intervals(scores: pd.DataFrame) -> Iterator[Plot]:
    final = largest_budget(summarise(scores))
    yield Plot("intervals", plot_intervals(final), final)


def _hacking(scores: pd.DataFrame) -> Iterator[Plot]:
    if DISTANCE in scores and scores[DISTANCE].notna().any():
        points, path = hacking_points(scores), hacking_path(scores)
        data = pd.concat([points.assign(kind="cell"), path.assign(kind="mean")])
        yield Plot("hacking", plot_hacking(points, path), data)


def _probability(scores: pd.DataFrame) -> Iterator[Plot]:
    points = probability_points(scores)
    if len(points):
        yield Plot("noise-probability", plot_probability(points), points)


def _contact_sheets(scores: pd.DataFrame, run_dir: Path) -> Iterator[Plot]:
    """Make a sheet of the first seed of each (model, reward, prompt) that has an image."""
    # An empty field of a CSV file is read as NaN, a column of them as numbers.
    scores = scores.assign(image=scores["image"].astype(object).fillna(""))
    for number, (_, rows) in enumerate(scores.groupby([*TASK, "prompt"]), start=1):
        sheet = rows[rows["seed"] == rows["seed"].min()]
        if (sheet["image"] != "").any():
            # The number keeps two prompts apart that differ only in what a file name cannot hold.
            words = f"{sheet['reward'].iloc[0]} {sheet['prompt'].iloc[0]}".lower()
            slug = re.sub(r"[^a-z0-9]+", "-", words)[:SLUG_LENGTH].strip("-")
            yield Plot(f"contact-{number:03d}-{slug}", plot_contact_sheet(sheet, run_dir), sheet)


def _write(plot: Plot, out_dir: Path) -> list[Path]:
    png, pdf, csv = (out_dir / f"{plot.name}.{suffix}" for suffix in ("png", "pdf", "csv"))
    with theme():
        plot.figure.savefig(png)
        # Without its date, the file of the same data is the same file.
        plot.figure.savefig(pdf, metadata={"CreationDate": None})
    plot.data.to_csv(csv, index=False)
    return [png, pdf, csv]
