"""wandb as a mirror of the store: one run a cell, grouped by the run folder, method seconds on the x axis.

The store is the truth. A mirror that fails says so once and never stops a run; it works while no cell does, because it
would take time from the cells.
"""

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from netrc import NetrcParseError, netrc
from pathlib import Path
from typing import Any, Literal, cast, get_args
from urllib.parse import urlparse

from bench.errors import InputError
from bench.run.mirrored import checkpoint_row, config_of, final_values
from bench.store.files import write_atomically
from bench.store.folder import CellStore, RunStore
from bench.suite.cell import Cell

Mode = Literal["off", "offline", "online"]
_HOSTS = ("api.wandb.ai", "api.forge.coreweave.com")
_OF_WANDB: dict[str, Mode] = {"online": "online", "offline": "offline", "disabled": "off"}
_PATIENCE = 20.0  # seconds until an unreachable server is given up
_LONGEST = 128  # characters of a name or group
_MARK = "mirrored.json"


def choose_mode(asked: str | None) -> Mode:
    """The mode asked for, else that of WANDB_MODE, else online where a key is at hand and offline where none is.

    Raises:
        InputError: no such mode.
    """
    if asked is not None:
        return cast(Mode, _known("--wandb", asked, get_args(Mode)))
    if os.environ.get("WANDB_MODE"):
        return _OF_WANDB[_known("WANDB_MODE", os.environ["WANDB_MODE"], tuple(_OF_WANDB))]
    return "online" if _has_key() else "offline"


def _known(what: str, name: str, known: tuple[str, ...]) -> str:
    if name not in known:
        raise InputError(f"{what} {name!r} is not known (allowed: {', '.join(known)})")
    return name


def _has_key() -> bool:
    if os.environ.get("WANDB_API_KEY"):
        return True
    own = urlparse(os.environ.get("WANDB_BASE_URL", "")).hostname
    try:
        keys = netrc(os.environ.get("NETRC"))
    except (OSError, NetrcParseError):
        return False
    return any(keys.authenticators(host) is not None for host in ([own] if own else _HOSTS))


class Mirror:
    """Copies ended cells to wandb, each once, until it ends anew."""

    def __init__(self, mode: Mode, store: RunStore) -> None:
        self._mode, self._store = mode, store

    def left(self, cells: Iterable[Cell]) -> list[Cell]:
        """Those of the cells that have ended and were not copied since."""
        stores = [(cell, self._store.cell(cell.id)) for cell in (cells if self._mode != "off" else [])]
        return [cell for cell, store in stores if store.ended_at and not (store.path / _MARK).exists()]

    def copy(self, cell: Cell) -> None:
        """Copy a cell that is left; on a failure say so once, and go on offline or stop mirroring."""
        if not self.left([cell]):
            return
        store = self._store.cell(cell.id)
        try:
            self._copy(cell, store)
        except Exception as error:  # wandb must never kill a run
            self._give_up(error)
            self.copy(cell)
            return
        write_atomically(store.path / _MARK, "{}\n")

    def _give_up(self, error: Exception) -> None:
        why = " ".join(str(error).split())
        wandb = sys.modules.get("wandb")  # none if it cannot be imported: offline would not work either
        if self._mode == "online" and wandb is not None:
            self._mode = "offline"
            with suppress(Exception):
                wandb.teardown()  # it holds on to the run that it could not begin
            folder = self._store.path / "wandb" / "offline-run-*"
            print(f"note: wandb is offline from here on, `wandb sync {folder}` uploads later: {why}", file=sys.stderr)
        else:
            self._mode = "off"
            print(f"note: wandb is off from here on, the run goes on: {why}", file=sys.stderr)

    def _copy(self, cell: Cell, store: CellStore) -> None:
        import wandb

        checkpoints, folder = store.checkpoints(), self._store.path
        config = config_of(cell, folder.resolve().name)
        run = wandb.init(**self._identity(cell.id), config=config, settings=self._settings())
        run.define_metric("*", step_metric="seconds")
        for event in store.events():
            run.log(event)
        for checkpoint in checkpoints:
            image = {"image": wandb.Image(str(Path(folder, checkpoint["image"])))} if checkpoint["image"] else {}
            if row := checkpoint_row(checkpoint) | image:
                run.log(row)
        run.summary.update(final_values(checkpoints, cell.budget))
        run.summary["error"] = store.read("failed").get("error", "")
        run.finish(exit_code=0 if store.done else 1)

    def _identity(self, cell: str) -> dict[str, Any]:
        """Which run of wandb a cell is: the same for every attempt at it, and no other's."""
        first = self._store.invocations()[0]
        own = sha256(repr((first, cell)).encode()).hexdigest()[:16]
        project = os.environ.get("WANDB_PROJECT") or "dno-bench"
        online = {"resume": "allow"} if self._mode == "online" else {}
        names = {"name": _fitting(cell), "group": _fitting(self._store.path.resolve().name)}
        return {"id": own, "project": project, "dir": self._store.path, "mode": self._mode, **names, **online}

    @staticmethod
    def _settings() -> Any:  # noqa: ANN401 - wandb has no types
        import wandb

        return wandb.Settings(init_timeout=_PATIENCE, silent=True, console="off", x_disable_stats=True)


def _fitting(name: str) -> str:
    """As much of a name as wandb takes; a cell's ends in what tells it from others."""
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 9]}-{name[-8:]}"
