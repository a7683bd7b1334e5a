"""wandb as a mirror of the store: one run a cell, grouped by the run folder, method seconds on the x axis.

The store is the truth. A mirror that fails says so once and never stops a run; it works while no cell does, because it
would take time from the cells.
"""

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from typing import Any, Literal, cast, get_args

from bench.errors import InputError, note
from bench.run.mirrored import checkpoint_row, config_of, final_values
from bench.store.files import confined, write_atomically
from bench.store.folder import CellStore, RunStore
from bench.suite.cell import Cell

Mode = Literal["off", "offline", "online"]
_OF_WANDB: dict[str, Mode] = {"online": "online", "offline": "offline", "disabled": "off"}
_PATIENCE = 20.0  # seconds until an unreachable server is given up
_LONGEST = 128  # characters of a name or group
_MARK = "mirrored.json"


def choose_mode(asked: str | None) -> Mode | None:
    """The mode asked for, else that of WANDB_MODE; None where wandb is to be asked, whose import takes its time.

    Raises:
        InputError: no such mode.
    """
    if asked is not None:
        return cast(Mode, _known("--wandb", asked, get_args(Mode)))
    if os.environ.get("WANDB_MODE"):
        return _OF_WANDB[_known("WANDB_MODE", os.environ["WANDB_MODE"], tuple(_OF_WANDB))]
    return None


def _known(what: str, name: str, known: tuple[str, ...]) -> str:
    if name not in known:
        raise InputError(f"{what} {name!r} is not known (allowed: {', '.join(known)})")
    return name


def _global_settings() -> Any:  # noqa: ANN401 - wandb has no types
    """What wandb has read from the environment and its settings files."""
    import wandb

    return wandb.sdk.wandb_setup.singleton().settings


def _mode_of_wandb() -> Mode:
    """What wandb's settings say; online only where wandb itself finds a key for its server, as in netrc."""
    settings = _global_settings()
    mode = _OF_WANDB.get(settings.mode, "offline")
    return "offline" if mode == "online" and not _has_key(settings) else mode


def _has_key(settings: Any) -> bool:  # noqa: ANN401
    from wandb.errors import AuthenticationError
    from wandb.sdk.lib import wbauth

    host = wbauth.HostUrl(settings.base_url, app_url=settings.app_url)
    try:
        found = wbauth.authenticate_session(host=host, source="dno-bench", prompt=False, update_session=False)
    except AuthenticationError:  # it is not valid, which wandb says better
        return True
    return found is not None


class Mirror:
    """Copies ended cells to wandb, each once, until it ends anew."""

    def __init__(self, mode: Mode | None, store: RunStore) -> None:
        self._mode, self._store = mode, store
        self._begun = False

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
            self._begin()
            if self._mode == "off":
                return
            self._copy(cell, store)
        except Exception as error:  # wandb must never kill a run
            self._give_up(error)
            self.copy(cell)
            return
        write_atomically(store.path / _MARK, "{}\n")

    def _begin(self) -> None:
        """Before the first copy: find out where cells go, and say what it costs if nobody answers there."""
        if self._begun:
            return
        self._begun = True
        self._mode = self._mode or _mode_of_wandb()
        if self._mode == "online":
            server = _global_settings().base_url
            note(f"wandb gets the cells at {server}; if nobody answers there, that takes {_PATIENCE:g} s, once")

    def _give_up(self, error: Exception) -> None:
        why = " ".join(str(error).split())
        wandb = sys.modules.get("wandb")  # none if it cannot be imported: offline would not work either
        if self._mode != "offline" and wandb is not None:
            self._mode = "offline"
            with suppress(Exception):
                wandb.teardown()  # it holds on to the run that it could not begin
            folder = self._store.path / "wandb" / "offline-run-*"
            note(f"wandb is offline from here on, `wandb sync {folder}` uploads later: {why}")
        else:
            self._mode = "off"
            note(f"wandb is off from here on, the run goes on: {why}")

    def _copy(self, cell: Cell, store: CellStore) -> None:
        import wandb

        checkpoints, folder = store.checkpoints(), self._store.path
        config = config_of(cell, folder.resolve().name)
        run = wandb.init(**self._identity(cell.id), config=config, settings=self._settings())
        run.define_metric("*", step_metric="seconds")
        for event in store.events():
            run.log(event)
        for checkpoint in checkpoints:
            path = confined(folder, checkpoint["image"])
            image = {"image": wandb.Image(str(path))} if path else {}
            if row := checkpoint_row(checkpoint) | image:
                run.log(row)
        run.summary.update(final_values(checkpoints, cell.budget))
        run.summary["error"] = store.read("failed").get("error", "")
        run.finish(exit_code=0 if store.done else 1)

    def _identity(self, cell: str) -> dict[str, Any]:
        """Which run of wandb a cell is: the same for every attempt at it, and no other's."""
        first = (self._store.invocations() or [{}])[0]
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
