"""Graphs that are captured while a cell runs: booked as what they are, and told."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from bench.run.clock import Ledger
from bench.run.loaded import Loaded, replay_of

_NOTE = (
    "shapes that the warm-up had not met, or whose graphs had made room for others since, were captured as graphs "
    "while the clock stood still (`capture` in the ledger of done.json)"
)


@contextmanager
def captures_booked(loaded: Loaded, ledger: Ledger) -> Iterator[None]:
    """Book captures to a phase of their own; say once that a method brought one about."""

    @contextmanager
    def aside() -> Iterator[None]:
        if ledger.phase == "method":
            loaded.note_once("capture", _NOTE)
        with ledger.aside("capture"):
            yield

    replay = replay_of(loaded.model)
    if replay is None:
        yield
        return
    replay.aside = aside
    try:
        yield
    finally:
        replay.aside = nullcontext
