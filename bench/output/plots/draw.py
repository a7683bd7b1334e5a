"""Draw all plots that a run has data for, and write them down."""

from itertools import chain, count, islice
from pathlib import Path
from typing import NamedTuple

from bench.errors import unknown_name
from bench.output.evidence import Evidence
from bench.output.plots.registry import LeftOutError, Plot, kinds
from bench.output.plots.style import theme
from bench.store.files import replacing, write_atomically, writing
from bench.store.spreadsheet import csv_text

MOST = 12
"""Figures of one kind, unless that kind is asked for: there is a contact sheet a prompt."""
COMPRESSION = {"compress_level": 3}
"""Of a PNG: 9 would take 3 times as long to spare a tenth of the file."""


class Drawn(NamedTuple):
    """The files written, and for each plot without a file, or without some, why."""

    files: list[Path]
    left_out: dict[str, str]


def draw_all(found: Evidence, out_dir: Path, only: str = "") -> Drawn:
    """Draw everything that the data allows into `out_dir`.

    Args:
        found: one run, or several as one.
        out_dir: made if need be; each figure becomes a PNG of 200 dpi, a PDF, and a CSV of the data behind it.
        only: a name of `kinds`, or empty for all; all figures of a kind are drawn only if it is asked for.

    Raises:
        InputError: there is no plot of that name, or `out_dir` cannot be written.
    """
    if only and only not in kinds():
        raise unknown_name("plot", only, kinds())
    drawn = Drawn([], {})
    with writing(out_dir):
        out_dir.mkdir(parents=True, exist_ok=True)
    for name in [only] if only else kinds():
        _draw(name, found, out_dir, None if only else MOST, drawn)
    return drawn


def _draw(name: str, found: Evidence, out_dir: Path, most: int | None, drawn: Drawn) -> None:
    """Draw the figures of one kind, and note what is left out."""
    plots = kinds()[name](found)
    try:
        for figure in islice(plots, most):
            drawn.files.extend(_write(figure, _free(out_dir / figure.name, drawn.files)))
        if next(plots, None):
            drawn.left_out[name] = f"there are more than {most}; --only {name} draws all"
    except LeftOutError as why:
        drawn.left_out[name] = str(why)


def _free(stem: Path, taken: list[Path]) -> Path:
    """Number a name that another figure has: two rewards may differ only in what a file name cannot hold."""
    stems = {path.with_suffix("") for path in taken}
    numbered = (stem.with_name(f"{stem.name}-{number}") for number in count(2))
    return next(one for one in chain([stem], numbered) if one not in stems)


def _write(plot: Plot, stem: Path) -> list[Path]:
    png, pdf, csv = files = [stem.with_name(f"{stem.name}.{suffix}") for suffix in ("png", "pdf", "csv")]
    with theme(), writing(stem.parent):
        with replacing(png) as temporary:
            plot.figure.savefig(temporary, format="png", pil_kwargs=COMPRESSION)
        # What was laid out for one file is laid out for the other: it takes a third of the time.
        plot.figure.set_layout_engine("none")
        # Without its date, the file of the same data is the same file.
        with replacing(pdf) as temporary:
            plot.figure.savefig(temporary, format="pdf", metadata={"CreationDate": None})
        write_atomically(csv, csv_text(plot.data))
    return files
