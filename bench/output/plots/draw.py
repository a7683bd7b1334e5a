"""Draw all plots that a run has data for, and write them down."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from bench.analysis.aggregate import Anchors
from bench.errors import unknown_name
from bench.output.plots.gallery import GALLERY
from bench.output.plots.run import SHEETS, LeftOutError, Plot, Run, Targets
from bench.output.plots.style import theme

NONE: Mapping[str, tuple[float, float]] = {}
COMPRESSION = {"compress_level": 3}
"""Of a PNG: 9 would take 3 times as long to spare a tenth of the file."""


class Drawn(NamedTuple):
    """The files written, and for each plot without a file, or without some, why."""

    files: list[Path]
    left_out: dict[str, str]


def draw_all(
    scores: pd.DataFrame,
    curves: pd.DataFrame,
    run_dir: Path,
    out_dir: Path,
    anchors: Anchors = NONE,
    targets: Targets = NONE,
    only: str = "",
) -> Drawn:
    """Draw everything that the data allows into `out_dir`.

    Args:
        scores: of the store, one row a cell and budget.
        curves: of the store, one row an event.
        run_dir: where the paths of images begin.
        out_dir: made if need be; each figure becomes a PNG of 200 dpi, a PDF, and a CSV of the data behind it.
        anchors: of the suite.
        targets: of the suite; without them and anchors there are no profiles.
        only: a name of `GALLERY`, or empty for all. All contact sheets are drawn only if they are asked for.

    Raises:
        InputError: there is no plot of that name.
    """
    if only and only not in GALLERY:
        raise unknown_name("plot", only, GALLERY)
    run = Run(scores, curves, run_dir, anchors, targets, None if only else SHEETS)
    out_dir.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    left_out: dict[str, str] = {}
    for name in [only] if only else GALLERY:
        try:
            for plot in GALLERY[name](run):
                files += _write(plot, out_dir)
        except LeftOutError as why:
            left_out[name] = str(why)
    return Drawn(files, left_out)


def _write(plot: Plot, out_dir: Path) -> list[Path]:
    png, pdf, csv = (out_dir / f"{plot.name}.{suffix}" for suffix in ("png", "pdf", "csv"))
    with theme():
        plot.figure.savefig(png, pil_kwargs=COMPRESSION)
        # What was laid out for one file is laid out for the other: it takes a third of the time.
        plot.figure.set_layout_engine("none")
        # Without its date, the file of the same data is the same file.
        plot.figure.savefig(pdf, metadata={"CreationDate": None})
    plot.data.to_csv(csv, index=False)
    return [png, pdf, csv]
