"""Published numbers as data: results/published/*.yaml, one file a source, found by id."""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from bench.analysis.published.schema import Document, Entry, Source
from bench.errors import InputError, unknown_name
from bench.suite.yaml_lines import load_validated


@dataclass(frozen=True)
class Published:
    """An entry with its source and the file that holds it."""

    entry: Entry
    source: Source
    path: Path

    @property
    def suite(self) -> str | None:
        """What `load_suite` finds the entry's suite by: its name, or its path, which is relative to the file."""
        name = self.entry.suite
        return str(self.path.parent / name) if name and name.endswith((".yaml", ".yml")) else name


def published_folder() -> Path:
    """The folder of the shipped numbers: in the package where it is installed, else in the source tree."""
    package = Path(str(files("bench")))
    installed = package / "_published"
    return installed if installed.is_dir() else package.parent / "results" / "published"


def load_published(path: Path) -> dict[str, Published]:
    """The entries of one file, by id.

    Raises:
        InputError: it cannot be read or is not valid (with file, line, field and what was expected).
    """
    document = load_validated(path, Document, "published numbers")
    ids = [entry.id for entry in document.entries]
    if len(set(ids)) < len(ids):
        raise InputError(f"{path}: two entries have the same id; ids are {', '.join(ids)}")
    return {entry.id: Published(entry, document.source, path) for entry in document.entries}


def require_published(ids: Iterable[str]) -> None:
    """Refuse a suite that names published numbers which are not there.

    Raises:
        InputError: no such entry, or its file is not valid.
    """
    for name in ids:
        find_published(name)


def all_published() -> dict[str, Published]:
    """The shipped entries by id.

    Raises:
        InputError: a file is not valid, or two files use one id.
    """
    found: dict[str, Published] = {}
    for path in sorted(published_folder().glob("*.yaml")):
        for name, one in load_published(path).items():
            if name in found:
                raise InputError(f"{path}: id {name!r} stands in {found[name].path} already")
            found[name] = one
    return found


def find_published(name: str) -> Published:
    """A shipped entry by its id, or one of another file as `path.yaml@id`.

    Raises:
        InputError: no such entry, or its file is not valid.
    """
    path, at, plain = name.rpartition("@")
    entries = load_published(Path(path)) if at else all_published()
    if plain not in entries:
        raise unknown_name("published entry", plain, entries)
    return entries[plain]
