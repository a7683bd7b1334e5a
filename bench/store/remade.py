"""Files of a run folder that follow from others: as they are, or made anew where they are damaged."""

from collections.abc import Callable, Iterable
from functools import reduce
from pathlib import Path
from typing import Any, TypeVar

from bench.errors import InputError, note
from bench.store.files import DamagedError, Record
from bench.suite.merging import merged
from bench.suite.suite import Suite
from bench.suite.text import from_yaml
from bench.suite.yaml_lines import validated

T = TypeVar("T")

SUITE = "suite.yaml"
_remade: dict[tuple[str, int], Any] = {}


def read_suite(run: Path) -> Suite:
    """Everything that was asked of a run.

    Raises:
        DamagedError: `suite.yaml` is no suite.
    """
    try:
        return from_yaml((run / SUITE).read_text(encoding="utf-8"))
    except (InputError, UnicodeDecodeError) as error:
        why = str(error).splitlines()[0]
        raise DamagedError(f"{run / SUITE} is damaged ({why})") from None


def suite_of_commands(invocations: Iterable[Record]) -> Suite:
    """Everything that was asked of a run by its commands, as `provenance.json` has them.

    Raises:
        InputError: it does not have them.
    """
    try:
        return reduce(merged, [validated(one.get("suite"), Suite, "suite") for one in invocations])
    except (InputError, TypeError):  # the latter where there is none
        raise InputError("provenance.json does not say what was asked; name another folder with --out") from None


def kept(run: Path, read: Callable[[Path], T], remake: Callable[[], T]) -> T:
    """What `read` finds in a run folder; what `remake` makes, with a note, where that is damaged.

    Raises:
        DamagedError: it cannot be made anew either.
    """
    try:
        return read(run)
    except DamagedError as error:
        # Asked for time and again by one command: said and made once.
        damage = str(error), (run / SUITE).stat().st_mtime_ns
        if damage not in _remade:
            _remade[damage] = _made_anew(error, remake)
        found: T = _remade[damage]
        return found


def _made_anew(error: DamagedError, remake: Callable[[], T]) -> T:
    try:
        made = remake()
    except InputError as worse:
        raise DamagedError(f"{error}, and {worse}") from None
    note(f"{error}; it follows from the rest of the folder, `run` writes it anew")
    return made
