"""How a run grows: what a suite adds to a folder, what it makes invalid there, and what it may not change."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bench.errors import InputError
from bench.store.planned import PlannedCell
from bench.store.plugins import PluginRecord, plugins_text, records_of
from bench.suite.cell import Cell
from bench.suite.checks import meaning
from bench.suite.merging import labels, merged
from bench.suite.suite import Suite


@dataclass(frozen=True)
class Held:
    """What a run folder holds already: nothing, if it is new."""

    suite: Suite | None = None
    plan: Sequence[PlannedCell] = ()
    plugins: Sequence[PluginRecord] = ()


@dataclass(frozen=True)
class Growth:
    """A run folder and the suite that is to be run in it.

    Attributes:
        path: the folder.
        held: what it holds.
        asked: the suite.
    """

    path: Path
    held: Held
    asked: Suite

    def __post_init__(self) -> None:
        """Refuse a label that means something else than in the folder.

        Raises:
            InputError: names the label and both settings.
        """
        if self.held.suite is None:
            return
        before = labels(self.held.suite)
        for kind, own in labels(self.asked).items():
            for label, options in own.items():
                if meaning(label, before[kind].get(label, options)) != meaning(label, options):
                    raise InputError(
                        f"{label!r} of {kind} has options {dict(options)}, but {dict(before[kind][label])} in "
                        f"{self.path}; give it another label (with `use`), or name another folder with --out"
                    )

    @cached_property
    def suite(self) -> Suite:
        """Everything that was asked of the run so far."""
        return merged(self.held.suite, self.asked) if self.held.suite else self.asked

    @cached_property
    def cells(self) -> list[Cell]:
        """The cells of the suite; whoever asks for them here shares their names, which take longest to work out."""
        return self.asked.planned()

    @cached_property
    def asked_plan(self) -> list[PlannedCell]:
        """The plan of these cells."""
        return [PlannedCell.of(cell) for cell in self.cells]

    @cached_property
    def plan(self) -> list[PlannedCell]:
        """The cells of the run: those that it held and that still are what they were, then those that are new."""
        dropped = {one.cell for one in self.dropped}
        kept = {one.cell: one for one in self.held.plan if one.cell not in dropped}
        return list((kept | {one.cell: one for one in self.asked_plan}).values())

    @cached_property
    def dropped(self) -> list[PlannedCell]:
        """The cells that leave the plan: another takes their place, or a plug-in of theirs is not what it was."""
        asked = {one.cell for one in self.asked_plan}
        places = {one.place for one in self.asked_plan}
        stale = [one for one in self.held.plan if one.cell not in asked]
        return [one for one in stale if one.place in places or any(_uses(one, edited) for edited in self.edited)]

    @cached_property
    def plugins(self) -> list[PluginRecord]:
        """The plug-ins of the run."""
        both = [*self.held.plugins, *records_of(self.asked)]
        return list({(one.kind, one.label): one for one in both}.values())

    @property
    def changes_what_is_written(self) -> bool:
        """Whether the folder holds another suite, or other plug-ins: a set metric makes no cell, but may be edited."""
        return self.suite != self.held.suite or plugins_text(self.plugins) != plugins_text(self.held.plugins)

    @cached_property
    def edited(self) -> list[PluginRecord]:
        """The plug-ins of cells whose files have changed since the run held them."""
        before = {(one.kind, one.label): one.sha256 for one in self.held.plugins}
        own = [one for one in records_of(self.asked) if one.kind != "set_metric"]
        return [one for one in own if before.get((one.kind, one.label), one.sha256) != one.sha256]

    def notes(self, done: set[str]) -> Iterator[str]:
        """What becomes of cells that ran before, a line each.

        Args:
            done: the names of the cells that are complete.
        """
        ran = [one for one in self.dropped if one.cell in done]
        for edited in self.edited:
            affected = [one for one in ran if _uses(one, edited)]
            ran = [one for one in ran if one not in affected]
            if affected:
                yield f"{_changed(edited, affected)}: {self._what_becomes_of(affected)}"
        if ran:
            yield f"{len(ran)} cells ran with other checkpoints or metrics: {self._what_becomes_of(ran)}"
        yield from self._without_held_out(done)

    def _what_becomes_of(self, cells: Sequence[PlannedCell]) -> str:
        places = {one.place for one in self.asked_plan}
        again = sum(one.place in places for one in cells)
        if again == len(cells):
            return "they run anew"
        return f"{again} of them run anew, the others leave the tables until their suite is run again"

    def _without_held_out(self, done: set[str]) -> Iterator[str]:
        known = labels(self.held.suite)["rewards"] if self.held.suite else {}
        earlier = [one for one in self.plan if one.cell in done and one.reward in known]
        for edited in [one for one in self.edited if one.kind == "reward" and earlier]:
            yield f"{_changed(edited, earlier)}: their held-out/{edited.label} is missing"
        new = [label for label in labels(self.asked)["rewards"] if label not in known]
        if earlier and new:
            what = ", ".join(f"held-out/{label}" for label in new)
            yield f"{len(earlier)} cells ran before {', '.join(new)} joined: their {what} is missing"


def _changed(edited: PluginRecord, cells: Sequence[PlannedCell]) -> str:
    return f"{Path(edited.source).name} changed since {len(cells)} cells ran"


def _uses(cell: PlannedCell, plugin: PluginRecord) -> bool:
    """Whether a cell is made by a plug-in; any may be measured by a metric."""
    own = {"model": cell.model, "reward": cell.reward, "method": cell.method, "metric": plugin.label}
    return own[plugin.kind] == plugin.label
