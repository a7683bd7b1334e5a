"""The machine around a cell: how fast it was, how much of it the cell had, how busy its GPU was."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from bench.run.busy import Busy
from bench.run.clock import Ledger
from bench.run.loaded import Loaded
from bench.run.processor import ProcessorTime
from bench.run.reference_step import step_seconds


class Machine:
    """Watches the machine while a cell's method is pulled.

    Args:
        loaded: model and device.
        prompt: of the cell.
        ledger: of the cell; says what of the time is the method's.
    """

    def __init__(self, loaded: Loaded, prompt: str, ledger: Ledger) -> None:
        self.processor = ProcessorTime()
        self._loaded, self._prompt, self._ledger = loaded, prompt, ledger
        self._busy = Busy(loaded.gpu, ledger.method_seconds) if loaded.gpu else None
        self._ends: list[dict[str, float]] = []

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Watch the whole of a cell's pulls."""
        self._look()
        with ExitStack() as stack:
            if self._busy:
                stack.enter_context(self._busy)
            stack.enter_context(self.processor.watch())
            yield
        self._look()

    def figures(self) -> dict[str, Any]:
        """What `done.json` keeps: what was looked at before and after is a list of two."""
        both = {name: [end[name] for end in self._ends] for name in self._ends[0]}
        spent = {"cpu_seconds": self.processor.ran, "waited_seconds": self.processor.waited}
        return {**spent, **(self._busy.figures() if self._busy else {}), **both}

    def _look(self) -> None:
        """Before and after: off the clock."""
        self._ledger.switch("warm_up" if not self._ends else "logging")
        seen = {"step_seconds": step_seconds(self._loaded, self._prompt)}
        if hasattr(os, "getloadavg"):
            seen["load_average"] = os.getloadavg()[0]
        self._ends.append(seen | (self._loaded.gpu.state()._asdict() if self._loaded.gpu else {}))
