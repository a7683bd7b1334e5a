"""The page: what goes onto it, and how it is written."""

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bench.analysis.machines import contended_cells
from bench.output.evidence import Evidence
from bench.output.headlines import headline_sentences
from bench.output.redo import redo_command
from bench.output.report.assets import assets
from bench.output.report.data import page_data
from bench.output.report.facts import PURPOSES, failures, ledger, origins, settings
from bench.output.report.machines import machines
from bench.output.report.pictures import Pictures
from bench.output.report.words import reading, summary
from bench.output.tables import LAYOUTS, html
from bench.output.tables.table import Table
from bench.store.contention import LEAST_SHARE, LEAST_SPEED
from bench.store.files import write_atomically, writing

PICTURE_BYTES = 7_000_000


@dataclass(frozen=True)
class Written:
    """A report that was written: where, how large, and sentences on what it leaves out."""

    path: Path
    megabytes: float
    left_out: list[str]


def write_report(found: Evidence, out: Path) -> Written:
    """Write the page of one run, or of several as one, to the file `out`.

    Raises:
        InputError: the runs cannot be pooled (see `bench.analysis.pooling.pool`), or `out` cannot be written.
    """
    pictures = Pictures(PICTURE_BYTES)
    data, contended = page_data(found, pictures), contended_cells(found.scores)
    (final,) = LAYOUTS["final"](found)
    left_out = _left_out(data["cells_left_out"], pictures.left_out)
    context = {
        "title": ", ".join(found.runs),
        "facts": _facts(found.scores),
        "verdict": list(headline_sentences(found.scores)),
        "paragraphs": summary(found.scores),
        "reading": reading(found.scores),
        # Tables are escaped where they are written.
        "final": Markup(html.render([replace(final, notes=[])])),
        "final_notes": final.notes,
        "tables": Markup(html.render(LAYOUTS["main"](found))),
        "published": Markup(html.render(_published(found)).strip()),
        "failures": failures(found.runs),
        "settings": settings(found.plugins),
        "origins": origins(found.runs),
        "ledger": ledger(found.runs),
        "machines": machines(found.runs),
        "contended": list(contended.itertuples()),
        "redo": [redo_command(found.runs[run]) for run in sorted(set(contended["run"]))],
        "least_share": LEAST_SHARE,
        "least_speed": LEAST_SPEED,
        "purposes": [purpose.replace("_", "-") for purpose in PURPOSES],
        "left_out": left_out,
        "data": data,
    }
    page = _render(context)
    with writing(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(out, page)
    return Written(out, len(page.encode()) / 1e6, left_out)


def _facts(scores: pd.DataFrame) -> list[tuple[str, str]]:
    def listed(column: str) -> str:
        return ", ".join(sorted(map(str, scores[column].unique())))

    failed = scores.loc[scores["status"] == "failed", ["run", "cell"]].drop_duplicates()
    cells = scores[["run", "cell"]].drop_duplicates()
    return [
        ("model", listed("model")),
        ("rewards", listed("reward")),
        ("methods", str(scores["method"].nunique())),
        ("prompts", str(scores["prompt"].nunique())),
        ("seeds", f"{scores['seed'].nunique()} ({listed('seed')})"),
        ("cells", f"{len(cells)}, {len(failed)} failed"),
    ]


def _published(found: Evidence) -> list[Table]:
    """The layout with published numbers, where the suites declare some; without them it says what `main` says."""
    return LAYOUTS["paper"](found) if len(found.published) or len(found.comparison) else []


def _left_out(cells: int, pictures: int) -> list[str]:
    notes = []
    if cells:
        notes.append(f"{cells} cells and budgets are not among the points and images: further seeds, to keep it small.")
    if pictures:
        notes.append(f"{pictures} images are left out, to keep the page under 10 MB; they lie in the run folder.")
    return notes


def _render(context: dict[str, Any]) -> str:
    return _environment().get_template("page.html").render(**context, **assets()._asdict())


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("bench.output.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
