"""What the options of `dno-bench table` ask for: what is shown of a run, under which names, and how it is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.errors import InputError, unknown_name
from bench.output.evidence import Evidence
from bench.output.tables import FORMATS, LAYOUTS, latex
from bench.output.tables.names import read_names, renamed
from bench.output.tables.narrow import narrowed
from bench.output.tables.table import Table, shortened
from bench.suite.options import name_list

INTERVALS = {"difference": False, "value": True}
"""Whether values have their own intervals."""
NOTES = ("short", "long")


@dataclass(frozen=True)
class Choice:
    """The options as they were typed.

    Attributes:
        layout: of `LAYOUTS`.
        format: of `FORMATS`; None for the terminal.
        against: the method that others are measured against; "" for the first that was run of those that stand for it.
        interval: of `INTERVALS`.
        budgets: lists of budgets; empty for all.
        metrics: lists of metrics; empty for all.
        names: what methods are called, each as `METHOD=NAME`.
        notes: of `NOTES`; None for short ones in LaTeX, where there is little room, else long ones.
        caption: of LaTeX tables, in place of their titles; "" for none.
    """

    layout: str = "main"
    format: str | None = None
    against: str = ""
    interval: str = "difference"
    budgets: Sequence[str] = ()
    metrics: Sequence[str] = ()
    names: Sequence[str] = ()
    notes: str | None = None
    caption: str = ""

    def __post_init__(self) -> None:
        for kind, name, known in (
            ("table layout", self.layout, LAYOUTS),
            ("table format", self.format or "md", FORMATS),
            ("interval", self.interval, INTERVALS),
            ("length of notes", self.notes or "long", NOTES),
        ):
            if name not in known:
                raise unknown_name(kind, name, known)
        if self.caption and self.format != "latex":
            raise InputError("--caption is of LaTeX tables: add --format latex, or leave it out")

    def tables(self, runs: Sequence[Path]) -> list[Table]:
        """The tables of the run folders.

        Raises:
            InputError: the runs lack what is asked for, or may not be read as one.
        """
        return self.tables_of(Evidence(runs, self.against, INTERVALS[self.interval]))

    def tables_of(self, whole: Evidence) -> list[Table]:
        """The tables of what was read before, measured against the method for which it was.

        Raises:
            InputError: it lacks what is asked for.
        """
        names = read_names(self.names, sorted(set(whole.scores["method"])))
        tables = LAYOUTS[self.layout](narrowed(whole, *self._kept()))
        if (self.notes or ("short" if self.format == "latex" else "long")) == "short":
            tables = [shortened(table) for table in tables]
        return [renamed(table, names) for table in tables]

    def written(self, tables: list[Table]) -> str:
        """The tables in the format, which is not the terminal's."""
        return latex.render(tables, self.caption) if self.format == "latex" else FORMATS[self.format or "md"](tables)

    def _kept(self) -> tuple[list[str], list[str]]:
        """The budgets and the metrics."""
        return name_list("--budgets", self.budgets), name_list("--metrics", self.metrics)
