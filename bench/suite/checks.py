"""What a suite is refused for before anything runs: wrong options, labels with two meanings, cells asked for twice."""

from collections.abc import Mapping, Sequence
from typing import Any

from bench.errors import InputError
from bench.registry import REGISTRIES
from bench.suite.cell import Cell
from bench.suite.compatibility import check_cell, check_prompt
from bench.suite.experiment import Experiment
from bench.suite.references import without_paths


def require_one_meaning(experiments: Sequence[Experiment]) -> None:
    """Refuse a label that stands for two things.

    Raises:
        InputError: the label and both of its settings.
    """
    for field, registry in REGISTRIES.items():
        kind = registry.kind
        first: dict[str, Mapping[str, Any]] = {}
        for experiment in experiments:
            for label, options in getattr(experiment, field, {}).items():
                if meaning(label, options) != meaning(label, first.setdefault(label, options)):
                    raise InputError(
                        f"{kind} {label!r} means two things, {dict(first[label])} and {dict(options)}; "
                        f"give each a label of its own (`use` names the {kind} behind a label)"
                    )


def require_different_cells(cells: Sequence[Cell]) -> None:
    """Refuse cells that no table could tell apart.

    Raises:
        InputError: what two experiments both ask for.
    """
    seen: set[tuple[object, ...]] = set()
    for cell in cells:
        key = (cell.model, cell.reward, cell.method, cell.prompt, cell.seed, cell.budget)
        if key in seen:
            what = f"{cell.method} on {cell.model} for {cell.reward}, prompt {cell.prompt!r}, seed {cell.seed}"
            raise InputError(f"two experiments ask for the same cell: {what}, {cell.budget}")
        seen.add(key)


def check_cells(cells: Sequence[Cell]) -> None:
    """Check the cells of an experiment: no seed matters to any check, and a prompt only to its model.

    Raises:
        InputError: a name, an option or a prompt is wrong.
    """
    for cell in {(one.model, one.reward, one.method): one for one in cells}.values():
        check_cell(cell)
    for cell in {(one.model, one.prompt): one for one in cells}.values():
        check_prompt(cell)


def meaning(label: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """What a label stands for: the same from every folder, and with or without a reward's gradient."""
    own = {key: value for key, value in options.items() if key != "black_box"}
    return {"use": label, **without_paths(own)}
