"""What a plug-in may need beside its code."""

from pathlib import Path
from typing import Protocol

from bench.errors import InputError


class Missing(InputError):
    """Something is not on this machine and could be fetched; the message names it."""


class Source(Protocol):
    """Weights or data with one origin, pinned."""

    @property
    def name(self) -> str:
        """What messages and `doctor` call it."""
        ...

    @property
    def pin(self) -> str:
        """What fixes its content, such as "sha256 21dd590f3ccd"; empty if nothing does."""
        ...

    def find(self) -> Path:
        """The file or folder on this machine; never touches the network.

        Raises:
            Missing: it is not there.
            InputError: something is there that cannot be it, such as a folder without the files needed.
        """
        ...

    def fetch(self) -> Path:
        """Download what `find` does not find, verified; what was interrupted is continued or begun again.

        Raises:
            InputError: no network, no such file, or it is not what was pinned; nothing half-done is left behind.
        """
        ...


def sources_of(plugin: object) -> list[Source]:
    """What an instance of a plug-in needs; nothing if it does not say."""
    return list(plugin.sources()) if hasattr(plugin, "sources") else []


def label(source: Source) -> str:
    """The source for a table: its name and, in parentheses, what fixes it."""
    return f"{source.name} ({source.pin})" if source.pin else source.name


def is_here(source: Source) -> bool:
    """Whether it need not be fetched.

    Raises:
        InputError: something is there that cannot be it.
    """
    try:
        source.find()
    except Missing:
        return False
    return True
