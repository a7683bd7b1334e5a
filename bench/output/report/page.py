"""The page: what goes onto it, and how it is written."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bench.analysis.pooling import devices, run_names
from bench.errors import InputError
from bench.output.evidence import Evidence
from bench.output.report.data import axes_of, page_data
from bench.output.report.facts import failures, ledger, origins
from bench.output.report.pictures import Pictures
from bench.output.report.words import reading, summary
from bench.output.tables import LAYOUTS, html
from bench.output.tables.table import Table
from bench.store.files import write_atomically

PICTURE_BYTES = 7_000_000


@dataclass(frozen=True)
class Written:
    """A report that was written: where, how large, and sentences on what it leaves out."""

    path: Path
    megabytes: float
    left_out: list[str]


def write_report(runs: Sequence[Path], out: Path) -> Written:
    """Write the page of `runs`, read as one, to the file `out`.

    Raises:
        InputError: the runs cannot be pooled (see `bench.analysis.pooling.pool`), or `out` cannot be written.
    """
    evidence = Evidence(runs)
    scores, curves = evidence.scores, evidence.curves
    named = run_names(runs)
    pictures = Pictures(PICTURE_BYTES)
    one_device = len(set().union(*map(devices, runs))) == 1
    data = page_data(scores, curves, named, axes_of(curves, one_device), pictures)
    left_out = _left_out(data["cells_left_out"], pictures.left_out)
    context = {
        "title": ", ".join(named),
        "facts": _headline(scores),
        "paragraphs": summary(scores),
        "reading": reading(scores),
        # Escaped where it is written.
        "tables": Markup(html.render(LAYOUTS["main"](evidence))),
        "published": Markup(html.render(_published(evidence)).strip()),
        "failures": failures(named),
        "origins": origins(named),
        "ledger": ledger(named).to_dict("records"),
        "left_out": left_out,
        "data": data,
    }
    page = _render(context)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(out, page)
    except OSError as error:
        raise InputError(f"cannot write {out}: {error.strerror}; name another file with --out") from None
    return Written(out, len(page.encode()) / 1e6, left_out)


def _headline(scores: pd.DataFrame) -> list[tuple[str, str]]:
    def listed(column: str) -> str:
        return ", ".join(sorted(map(str, scores[column].unique())))

    cells = scores.drop_duplicates("cell")
    return [
        ("model", listed("model")),
        ("rewards", listed("reward")),
        ("methods", str(scores["method"].nunique())),
        ("prompts", str(scores["prompt"].nunique())),
        ("seeds", listed("seed")),
        ("cells", f"{len(cells)}, {int((cells['status'] == 'failed').sum())} failed"),
    ]


def _published(evidence: Evidence) -> list[Table]:
    """The layout with published numbers, where the suites declare some; without them it says what `main` says."""
    return LAYOUTS["paper"](evidence) if len(evidence.published) or len(evidence.comparison) else []


def _left_out(cells: int, pictures: int) -> list[str]:
    notes = []
    if cells:
        notes.append(f"{cells} cells and budgets are not among the points and images: further seeds, to keep it small.")
    if pictures:
        notes.append(f"{pictures} images are left out, to keep the page under 10 MB; they lie in the run folder.")
    return notes


def _render(context: dict[str, Any]) -> str:
    style, script = _asset("page.css"), _asset("page.js")
    # What the page may load or run: its own images, this style, this script. So even a slip in escaping stays inert.
    policy = (
        f"default-src 'none'; img-src data:; style-src 'sha256-{_digest(style)}'; script-src 'sha256-{_digest(script)}'"
    )
    return _environment().get_template("page.html").render(
        **context, style=Markup(style), script=Markup(script), policy=policy
    )  # fmt: skip


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("bench.output.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _asset(name: str) -> str:
    return files("bench.output.report").joinpath(name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return base64.b64encode(sha256(text.encode()).digest()).decode("ascii")
