"""What a suite would do, before anything is spent: its cells, at least how long they take, what they would write.

Everything about a suite is checked that needs no weights.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from bench.models.size import sides
from bench.suite.budget import budget_text
from bench.suite.cell import Cell
from bench.suite.needs import missing_sources
from bench.suite.suite import Suite
from bench.suite.text import to_yaml
from bench.weights.sizes import size_text

PIXEL_BYTES = 3  # uncompressed: no PNG is larger


class Part(NamedTuple):
    """The cells of one model, reward and budget."""

    model: str
    reward: str
    budget: str
    methods: int
    prompts: int
    seeds: int
    cells: int
    hours: float


def plan_lines(suite: Suite, devices: int = 1) -> list[str]:
    """The plan of a suite, a line each, for people.

    Args:
        suite: what is planned.
        devices: how many run cells side by side.

    Raises:
        InputError: the suite is invalid in something that can be checked without weights.
    """
    cells = suite.cells()
    to_yaml(suite)  # refuses what a run folder could not keep
    parts = _parts(cells)
    header = ("model", "reward", "budget", "methods", "prompts", "seeds", "cells", "hours")
    rows = [header, *((*part[:-1], f"{part.hours:.2f}" if part.hours else "-") for part in parts)]
    totals = _totals(cells, parts, devices)
    return [f"{suite.name}: {suite.description}", "", *_aligned(rows), "", *totals, *_missing(cells)]


def _parts(cells: Sequence[Cell]) -> list[Part]:
    groups: dict[tuple[str, str, str], list[Cell]] = {}
    for cell in cells:
        groups.setdefault((cell.model, cell.reward, budget_text(cell.budget.amount, cell.budget.unit)), []).append(cell)
    return [
        Part(
            *key,
            methods=len({cell.method for cell in group}),
            prompts=len({cell.prompt for cell in group}),
            seeds=len({cell.seed for cell in group}),
            cells=len(group),
            hours=sum(cell.budget.amount for cell in group if cell.budget.unit == "seconds") / 3600,
        )
        for key, group in groups.items()
    ]


def _aligned(rows: Sequence[Sequence[Any]]) -> list[str]:
    widths = [max(len(str(row[i])) for row in rows) for i in range(len(rows[0]))]
    return [
        "  ".join(str(value).ljust(width) for value, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


def _totals(cells: Sequence[Cell], parts: Sequence[Part], devices: int) -> list[str]:
    hours = sum(part.hours for part in parts)
    side_by_side = f", {hours / devices:.2g} hours on {devices} devices side by side" if devices > 1 else ""
    counted = sorted({part.budget for part in parts if not part.hours})
    times = [f"{hours:.2g} device hours of budgets{side_by_side}"] if hours else []
    times += [f"{', '.join(counted)} a cell, which no clock can be told from"] if counted else []
    sizes = {model: _image_bytes(cell) for model, cell in {cell.model: cell for cell in cells}.items()}
    images = sum(len(cell.checkpoints) * sizes[cell.model] for cell in cells)
    return [
        f"methods  {', '.join(dict.fromkeys(cell.method for cell in cells))}",
        f"cells    {len(cells)}",
        f"time     {' and '.join(times)}; loading, warm-up and metrics come on top",
        f"disk     at most {images / 1e6:,.1f} MB of images in the run folder",
    ]


def _image_bytes(cell: Cell) -> int:
    height, width = sides(getattr(cell.create_model(), "size", 0))
    return PIXEL_BYTES * height * width


def _missing(cells: Sequence[Cell]) -> list[str]:
    missing = missing_sources(cells)
    if not missing:
        return ["weights  all on this machine"]
    names = " ".join(dict.fromkeys(missing.values()))
    sizes = {one.name: size_text(one) for one in missing}
    texts = [f"{name} ({size})" if size else name for name, size in sizes.items()]
    return [f"weights  not on this machine: {', '.join(texts)}", f"         `dno-bench fetch {names}`"]
