"""Which plots there are: each takes a run and gives figures with the numbers behind them, or says why it has none."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from textwrap import fill

import pandas as pd

from bench.analysis.aggregate import normalised, score_profile, win_matrix
from bench.analysis.curves import mean_curves
from bench.analysis.hacking import DISTANCE, hacking_path, hacking_points, trade_off
from bench.analysis.pareto import COSTS, pareto
from bench.analysis.probability import TRUTHS, probability_points
from bench.analysis.scores import largest_budget
from bench.analysis.seeds import seed_scores
from bench.analysis.targets import ecdf, performance_profile
from bench.output.plots import hacking, probability
from bench.output.plots import pareto as paretos
from bench.output.plots import profile as profiles
from bench.output.plots import seeds as strips
from bench.output.plots import trade_off as trades
from bench.output.plots.contact_sheet import plot_contact_sheet
from bench.output.plots.curves import AXES, plot_curves
from bench.output.plots.hacking import plot_hacking
from bench.output.plots.intervals import plot_intervals
from bench.output.plots.panels import PlotPanel, panel_figure, panels_of
from bench.output.plots.pareto import plot_pareto
from bench.output.plots.probability import plot_probability
from bench.output.plots.profile import plot_ecdf, plot_performance_profile, plot_score_profile
from bench.output.plots.run import LeftOutError, Plot, Run
from bench.output.plots.seeds import plot_seeds
from bench.output.plots.trade_off import plot_trade_off
from bench.output.plots.wins import wins_figure
from bench.store.columns import BASELINE, PAIR, TASK

PANEL, TALL = 3.0, 3.4
"""Inches: the height of a panel."""
ROW, FRAME = 0.28, 0.9
"""Inches: the height of a method's row, and of what stands around the rows."""
SLUG_LENGTH = 60
NOTE_WIDTH = 110


def _curves(run: Run) -> Iterator[Plot]:
    for axis in AXES:
        means = mean_curves(run.curves, run.scores, axis)
        _require(means, "mean", "every method has a cell without events")
        plot = partial(plot_curves, axis=axis)
        yield Plot(f"curves-{axis}", panel_figure(means, run.styles, plot, PANEL), means)


def _intervals(run: Run) -> Iterator[Plot]:
    final = largest_budget(run.summary)
    yield Plot("intervals", panel_figure(final, run.styles, plot_intervals, _rows(run), legend=False), final)


def _seeds(run: Run) -> Iterator[Plot]:
    cells = seed_scores(run.scores)
    if len(cells[PAIR].drop_duplicates()) == 1:
        raise LeftOutError("one prompt and seed; the intervals show it")
    yield Plot("seeds", panel_figure(cells, run.styles, plot_seeds, _rows(run), strips.NOTE, legend=False), cells)


def _hacking(run: Run) -> Iterator[Plot]:
    if DISTANCE not in run.scores or run.scores[DISTANCE].isna().all():
        raise LeftOutError(f"the run has no metric {DISTANCE}")
    cells, means = hacking_points(run.scores), hacking_path(run.scores)
    data = pd.concat([cells.assign(kind="cell"), means.assign(kind="mean")], ignore_index=True)
    yield Plot("hacking", panel_figure(data, run.styles, plot_hacking, TALL, hacking.NOTE), data)


def _trade_offs(run: Run) -> Iterator[Plot]:
    if BASELINE not in set(run.scores["method"]):
        raise LeftOutError(f"the run has no {BASELINE} to gain over")
    paths = trade_off(run.scores).dropna(subset=["gained", "change"])
    _require(paths, "gained", "the run has no metrics and no other rewards to judge by")
    for task, rows in panels_of(paths):
        figure = panel_figure(rows, run.styles, plot_trade_off, PANEL, f"{task}, {trades.NOTE}", ["judge"])
        yield Plot(f"trade-off-{_slug(task)}", figure, rows)


def _probability(run: Run) -> Iterator[Plot]:
    points = probability_points(run.scores)
    truths = [name for name in TRUTHS if name in points]
    _require(points, "log_p", "the run has no noise-probability beside a measured truth")
    keys = [column for column in points if column not in truths]
    data = points.melt(keys, truths, var_name="truth")
    figure = panel_figure(data, run.styles, plot_probability, PANEL, probability.NOTE, probability.PANELS)
    yield Plot("noise-probability", figure, points)


def _pareto(run: Run) -> Iterator[Plot]:
    # Memory is known for a cell as a whole, time at each of its budgets.
    for cost, summary in zip(COSTS, (run.summary, largest_budget(run.summary)), strict=True):
        points = pareto(summary, cost)
        _require(points, "cost", f"{cost} of no method is known with its reward")
        plot = partial(plot_pareto, cost=cost)
        yield Plot(f"pareto-{cost}", panel_figure(points, run.styles, plot, PANEL, paretos.NOTE), points)


def _score_profile(run: Run) -> Iterator[Plot]:
    lacking = sorted(set(run.scores["reward"]) - set(run.anchors))
    if lacking:
        raise LeftOutError(f"the suite declares no anchors for {', '.join(lacking)}")
    if len(run.scores[TASK].drop_duplicates()) == 1:
        raise LeftOutError("one reward on one model; a profile sums up several")
    profile = score_profile(normalised(run.scores, run.anchors))
    yield _profile("score-profile", profile, plot_score_profile, run)


def _performance_profile(run: Run) -> Iterator[Plot]:
    for axis in AXES:
        profile = performance_profile(run.times(axis))
        yield _profile(f"performance-profile-{axis}", profile, plot_performance_profile, run)


def _profile(name: str, profile: pd.DataFrame, plot: PlotPanel, run: Run) -> Plot:
    """Draw one panel of the methods that have a profile; the note names the others."""
    _require(profile, "share", "no method was planned for all rewards and models, with all cells scored")
    known = profile.dropna(subset="share")
    absent = [name for name in run.styles if name not in set(known["method"])]
    words = f"no profile, since not planned or not scored everywhere: {', '.join(absent)}"
    note = fill(words, NOTE_WIDTH, break_on_hyphens=False)
    figure = panel_figure(known, run.styles, plot, TALL, note if absent else "", by=())
    return Plot(name, figure, profile)


def _ecdf(run: Run) -> Iterator[Plot]:
    for axis in AXES:
        shares = ecdf(run.times(axis))
        _require(shares, "share", "no target was reached")
        plot = partial(plot_ecdf, axis=axis)
        yield Plot(f"ecdf-{axis}", panel_figure(shares, run.styles, plot, PANEL, profiles.NOTE), shares)


def _wins(run: Run) -> Iterator[Plot]:
    if len(run.styles) == 1:
        raise LeftOutError("one method; there is nobody to beat")
    matrix = win_matrix(run.scores)
    yield Plot("wins", wins_figure(matrix, run.styles), matrix.reset_index(names="method"))


def _contact_sheets(run: Run) -> Iterator[Plot]:
    """Make a sheet of the first seed of each (model, reward, prompt) that has an image."""
    # An empty field of a CSV file is read as NaN, a column of them as numbers.
    scores = run.scores.assign(image=run.scores["image"].astype(object).fillna(""))
    first = scores[scores["seed"] == scores.groupby([*TASK, "prompt"])["seed"].transform("min")]
    sheets = [rows for _, rows in first.groupby([*TASK, "prompt"]) if (rows["image"] != "").any()]
    if not sheets:
        raise LeftOutError("the run has no images")
    for number, sheet in enumerate(sheets[: run.n_sheets], start=1):
        # The number keeps two prompts apart that differ only in what a file name cannot hold.
        slug = _slug(f"{sheet['reward'].iloc[0]} {sheet['prompt'].iloc[0]}")
        figure = plot_contact_sheet(sheet, run.styles, run.folder)
        yield Plot(f"contact-{number:03d}-{slug}", figure, sheet)
    if run.n_sheets and len(sheets) > run.n_sheets:
        raise LeftOutError(f"{len(sheets) - run.n_sheets} more sheets; --only contact draws all {len(sheets)}")


def _rows(run: Run) -> float:
    return FRAME + ROW * len(run.styles)


def _require(data: pd.DataFrame, column: str, why: str) -> None:
    if data[column].isna().all():
        raise LeftOutError(why)


def _slug(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", words.lower())[:SLUG_LENGTH].strip("-")


GALLERY: Mapping[str, Callable[[Run], Iterator[Plot]]] = {
    "curves": _curves,
    "intervals": _intervals,
    "seeds": _seeds,
    "wins": _wins,
    "score-profile": _score_profile,
    "performance-profile": _performance_profile,
    "ecdf": _ecdf,
    "pareto": _pareto,
    "hacking": _hacking,
    "trade-off": _trade_offs,
    "noise-probability": _probability,
    "contact": _contact_sheets,
}
