"""wandb as a mirror of the store: one run a cell, grouped by suite, method seconds on the x axis.

The store is the truth. A mirror that fails says so once and is switched off; it never stops a run, and it works
between cells, where no clock runs.
"""

import os
import sys
from netrc import NetrcParseError, netrc
from pathlib import Path
from typing import Literal, cast, get_args

from bench.errors import InputError
from bench.store.folder import RunStore
from bench.suite.cell import Cell

Mode = Literal["off", "offline", "online"]
_HOST = "api.wandb.ai"
_PATIENCE = 20.0  # seconds until an unreachable server is given up


def choose_mode(asked: str | None) -> Mode:
    """The mode asked for; by default online where a key is at hand, else offline.

    Raises:
        InputError: no such mode.
    """
    if asked is None:
        return "online" if _has_key() else "offline"
    for mode in get_args(Mode):
        if asked == mode:
            return cast(Mode, mode)
    raise InputError(f"--wandb {asked!r} is not known (allowed: {', '.join(get_args(Mode))})")


def _has_key() -> bool:
    if os.environ.get("WANDB_API_KEY"):
        return True
    try:
        return netrc().authenticators(_HOST) is not None
    except (OSError, NetrcParseError):
        return False


class Mirror:
    """Copies each ended cell to wandb."""

    def __init__(self, mode: Mode, store: RunStore) -> None:
        self._mode, self._store = mode, store

    def copy(self, cell: Cell) -> None:
        """Copy a cell; on any failure say so once and stop mirroring."""
        if self._mode == "off":
            return
        try:
            self._copy(cell)
        except Exception as error:  # wandb must never kill a run
            print(f"note: wandb is off from here on, the run goes on: {error}", file=sys.stderr)
            self._mode = "off"

    def _copy(self, cell: Cell) -> None:
        import wandb

        cell_store = self._store.cell(cell.id)
        run = wandb.init(
            project="dno-bench",
            group=self._store.path.name,
            name=cell.id,
            config=cell_store.read("cell"),
            dir=self._store.path,
            mode="online" if self._mode == "online" else "offline",
            settings=wandb.Settings(init_timeout=_PATIENCE, silent=True, console="off", x_disable_stats=True),
        )
        run.define_metric("*", step_metric="seconds")
        for event in cell_store.events():
            run.log(event)
        for checkpoint in cell_store.checkpoints():
            run.summary[f"at {checkpoint['budget']:g}"] = checkpoint["metrics"]
            if checkpoint["image"]:
                image = wandb.Image(str(Path(self._store.path, checkpoint["image"])))
                run.log({"seconds": checkpoint["seconds"], "image": image})
        run.summary["error"] = cell_store.read("failed").get("error", "")
        run.finish(exit_code=0 if cell_store.done else 1)
