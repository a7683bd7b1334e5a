"""What wandb is told of a cell: flat, under the same keys for every cell, so that its runs can be grouped by them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bench.store.files import Record
from bench.store.plugins import records_of_cell
from bench.suite.budget import Budget
from bench.suite.cell import Cell

_KEYS = ("model", "reward", "method", "prompt", "seed")
_PLUGINS = ("model", "reward", "method")


def config_of(cell: Cell, run: str) -> dict[str, Any]:
    """What a cell is: its keys, its budget as in `30s`, and every option that ran, as `method/learning_rate`.

    Args:
        cell: any.
        run: the name of the run folder.
    """
    plugins = {kind: record for kind, record in records_of_cell(cell).items() if kind in _PLUGINS}
    return {
        "run": run,
        "cell": cell.id,
        **{key: getattr(cell, key) for key in _KEYS},
        "family": cell.method_facts.family,
        "budget": str(cell.budget),
        **{f"source/{kind}": record.source for kind, record in plugins.items()},
        **{f"sha256/{kind}": record.sha256 for kind, record in plugins.items()},
        **{key: value for kind, record in plugins.items() for key, value in _flat(kind, record.options)},
    }


def checkpoint_row(checkpoint: Record) -> dict[str, Any]:
    """A row of history: what the incumbent was worth, at the seconds of its yield; empty where there was none."""
    values = _values(checkpoint, "checkpoint")
    return {"seconds": checkpoint["seconds"], **values} if values else {}


def final_values(checkpoints: Iterable[Record], budget: Budget) -> dict[str, float]:
    """What the incumbent at the whole budget was worth, as `final/reward` and `final/adherence`; empty if none was."""
    last = [_values(checkpoint, "final") for checkpoint in checkpoints if checkpoint["budget"] == budget.at(1)]
    return last[-1] if last else {}


def _values(checkpoint: Record, prefix: str) -> dict[str, float]:
    """The reward and the metrics that are known, held-out rewards among them."""
    found = {"reward": checkpoint["best_reward"], **checkpoint["metrics"]}
    return {f"{prefix}/{name}": value for name, value in found.items() if value is not None}


def _flat(key: str, value: object) -> Iterator[tuple[str, object]]:
    """The ends of nested options, under keys that wandb need not flatten itself."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _flat(f"{key}/{name}", inner)
    else:
        yield key, value
