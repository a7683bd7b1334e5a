"""The prompt sets of prompts/sets.yaml: those in the package, and those that their authors keep."""

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from bench.errors import unknown_name
from bench.suite.prompts.formats import Format, read_rows
from bench.weights.source import Missing, Source
from bench.weights.web import WebFile

SETS = Path(str(files("prompts").joinpath("sets.yaml")))
RAW = "https://raw.githubusercontent.com"
"""Where GitHub gives the files of a repository at a commit."""


class _Entry(BaseModel):
    """What is known of every set.

    Attributes:
        name: the key of the entry.
        size: the number of prompts, as the set's source counts them.
        sha256: of the file.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    description: str
    licence: str
    size: int
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class ShippedSet(_Entry):
    """A set in the package; the prompts are the lines of `file`."""

    file: str
    source: str

    def sources(self) -> list[Source]:
        """Nothing: it is here."""
        return []

    def prompts(self) -> list[str]:
        """The prompts in file order."""
        return files("prompts").joinpath(self.file).read_text(encoding="utf-8").split("\n")[:-1]


class FetchedSet(_Entry):
    """A set in a GitHub repository, fetched from there.

    Attributes:
        repository, commit, path: the file.
        bytes: the file's size.
        format, field: how prompts stand in it (see `bench.suite.prompts.formats.read_rows`).
    """

    repository: Annotated[str, Field(pattern="^[^/]+/[^/]+$")]
    commit: Annotated[str, Field(pattern="^[0-9a-f]{40}$")]
    path: str
    bytes: int
    format: Format
    field: str = "prompt"

    @property
    def source(self) -> str:
        """The file's page."""
        return f"https://github.com/{self.repository}/blob/{self.commit}/{self.path}"

    def sources(self) -> list[Source]:
        """The file."""
        return [self._web()]

    def prompts(self) -> list[str]:
        """The prompts in file order; what the file leaves blank is left out, what it repeats counts once.

        Raises:
            Missing: the set has not been fetched.
        """
        try:
            rows = read_rows(self._web().find(), self.format, self.field)
        except Missing:
            command = f"dno-bench fetch prompts {self.name}"
            raise Missing(f"prompt set {self.name!r} is not on this machine; `{command}` gets it") from None
        return list(dict.fromkeys(prompt for _, prompt in rows if prompt))

    def _web(self) -> WebFile:
        return WebFile(f"{RAW}/{self.repository}/{self.commit}/{self.path}", self.bytes, self.sha256)


PromptSet = ShippedSet | FetchedSet


@cache
def prompt_sets() -> dict[str, PromptSet]:
    """All sets by name."""
    entries = yaml.safe_load(SETS.read_text(encoding="utf-8"))
    adapter: TypeAdapter[PromptSet] = TypeAdapter(PromptSet)
    return {name: adapter.validate_python({"name": name, **entry}) for name, entry in entries.items()}


def prompt_set(name: str) -> PromptSet:
    """The set called `name`.

    Raises:
        InputError: no such set.
    """
    sets = prompt_sets()
    if name not in sets:
        raise unknown_name("prompt set", name, sets)
    return sets[name]
