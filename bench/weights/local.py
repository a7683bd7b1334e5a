"""What lies on the user's own disk: files of tensors, and one line where nothing lies."""

import os
from dataclasses import dataclass
from difflib import get_close_matches
from os.path import isdir, isfile, split  # unlike a Path's, they take any text
from pathlib import Path

from bench.errors import InputError
from bench.weights.checkpoint import check_whole

TENSORS = ".safetensors"
"""How files of tensors end that can be read without running anything."""


def not_found(kind: str, path: str) -> InputError:
    """The error for a `kind` ("file", "folder") that is not there, with the nearest name beside it.

    Args:
        kind: what it should be.
        path: as the user wrote it.
    """
    folder, name = split(path.rstrip("/"))
    near = get_close_matches(name, _names(folder or "."), n=1)
    hint = f"; did you mean {os.path.join(folder, near[0])!r}?" if near else ""
    return InputError(f"{kind} {path!r} not found{hint}")


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder)) if isdir(folder) else []
    except OSError:  # it may not be looked into
        return []


@dataclass(frozen=True)
class TensorFile:
    """A file of safetensors of the user's.

    Attributes:
        path: where it lies.
        pin: nothing fixes what is in it.
    """

    path: str
    pin: str = ""

    @property
    def name(self) -> str:
        """The path."""
        return self.path

    def find(self) -> Path:
        """The file itself, whole.

        Raises:
            InputError: there is none, or it is not whole.
        """
        if not isfile(self.path):
            raise not_found("file", self.path)
        check_whole(Path(self.path))
        return Path(self.path)

    def fetch(self) -> Path:
        """The file itself: there is nothing to download."""
        return self.find()
