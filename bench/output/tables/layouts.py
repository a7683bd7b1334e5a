"""What can be shown of a run, by name."""

from collections.abc import Callable

from bench.output.evidence import Evidence
from bench.output.tables.cost import cost_tables
from bench.output.tables.final import final_tables
from bench.output.tables.machine import machine_sentences
from bench.output.tables.main import main_tables
from bench.output.tables.pairwise import pairwise_tables
from bench.output.tables.paper import paper_tables
from bench.output.tables.sets import set_tables
from bench.output.tables.summary import summary_tables
from bench.output.tables.table import Table
from bench.output.tables.targets import target_tables
from bench.output.tables.tuning import tuning_tables

_LAYOUTS: dict[str, Callable[[Evidence], list[Table]]] = {
    "main": lambda found: (
        main_tables(found.scores, found.directions, found.families, found.reference)
        + set_tables(found.sets, found.directions, found.families)
    ),
    "final": lambda found: final_tables(found.scores, found.directions, found.families, found.reference),
    "paper": lambda found: paper_tables(found.scores, found.published, found.comparison, found.families),
    "pairwise": lambda found: pairwise_tables(found.scores),
    "targets": lambda found: target_tables(found.curves, found.scores, found.ladder),
    "cost": lambda found: cost_tables(found.scores, found.families),
    "summary": lambda found: summary_tables(found.scores, found.curves, found.anchors, found.families),
    "tuning": lambda found: tuning_tables(found.scores, found.plugins),
}


def _with_notes(make: Callable[[Evidence], list[Table]]) -> Callable[[Evidence], list[Table]]:
    """The tables of a layout; below the last stands what holds for the seconds of all."""

    def tables(found: Evidence) -> list[Table]:
        made = make(found)
        for table in made[-1:]:
            table.notes.extend(machine_sentences(found.scores, found.runs))
        return made

    return tables


LAYOUTS = {name: _with_notes(make) for name, make in _LAYOUTS.items()}
