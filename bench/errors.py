"""The exception that means "the user can mend this", the one that means "a signal came", and lines safe to print."""

import re
import sys
from collections.abc import Iterable
from difflib import get_close_matches

_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What a terminal obeys instead of showing it: control characters but tab and line feed, and turns of the direction."""


class InputError(Exception):
    """Bad input, printed as one line, exit status 2: it names what is wrong, what is allowed and what to do."""


class Interrupted(KeyboardInterrupt):
    """A signal asked this process to end; any other KeyboardInterrupt is a plug-in's.

    Attributes:
        signal: its number.
    """

    def __init__(self, signal: int) -> None:
        super().__init__(signal)
        self.signal = signal


def unknown_name(kind: str, name: str, known: Iterable[str]) -> InputError:
    """The error for a name that is not among `known`, with the nearest one suggested."""
    names = sorted(known)
    near = get_close_matches(name, names, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return InputError(f"unknown {kind} {name!r}{hint} (known: {', '.join(names) or 'none'})")


def one_line(error: BaseException) -> str:
    """Type and message of whatever a plug-in raised, even where its message cannot be had."""
    try:
        message = str(error)
    except BaseException as worse:
        message = f"its message cannot be had, that raises {type(worse).__name__}"
    return " ".join(f"{type(error).__name__}: {message}".split())


def printable(text: str) -> str:
    """The text with a replacement character for each that a terminal would obey instead of showing it."""
    return _UNSEEN.sub("\ufffd", text)


def note(text: str) -> None:
    """Say something on standard error that stops nothing."""
    print(f"note: {printable(text)}", file=sys.stderr)


def warn_in_one_line(message: Warning | str, *_: object, **__: object) -> None:
    """Takes the place of `warnings.showwarning`, which adds a file and a line of source."""
    print(f"warning: {printable(str(message))}", file=sys.stderr)
