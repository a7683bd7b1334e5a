"""Prompt sets by name, and what a suite or the command line may write in place of one."""

from difflib import get_close_matches
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict

from bench.errors import InputError, unknown_name


class PromptSet(BaseModel):
    """One entry of prompts/sets.yaml; the prompts are the lines of `file`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str
    source: str
    licence: str
    size: int
    sha256: str
    description: str

    def prompts(self) -> list[str]:
        """The prompts in file order."""
        return files("prompts").joinpath(self.file).read_text(encoding="utf-8").split("\n")[:-1]


def prompt_sets() -> dict[str, PromptSet]:
    """All shipped sets by name."""
    text = files("prompts").joinpath("sets.yaml").read_text(encoding="utf-8")
    return {name: PromptSet.model_validate(entry) for name, entry in yaml.safe_load(text).items()}


def prompt_set(name: str) -> PromptSet:
    """The set called `name`.

    Raises:
        InputError: no such set.
    """
    sets = prompt_sets()
    if name not in sets:
        raise unknown_name("prompt set", name, sets)
    return sets[name]


def resolve(words: list[str]) -> list[str]:
    """Prompts for a list whose items are names of sets or prompts themselves.

    Raises:
        InputError: an item is empty, a prompt stands twice, or an item looks like a misspelt set.
    """
    sets = prompt_sets()
    prompts: list[str] = []
    for word in words:
        if not word.strip():
            raise InputError("a prompt is empty; write a prompt or the name of a set")
        if "-" in word and word not in sets and get_close_matches(word, sets, cutoff=0.8):
            raise unknown_name("prompt set", word, sets)
        prompts += sets[word].prompts() if word in sets else [word]
    twice = sorted({prompt for prompt in prompts if prompts.count(prompt) > 1})
    if twice:
        raise InputError(f"prompt {twice[0]!r} stands more than once; each prompt may be given once")
    return prompts
