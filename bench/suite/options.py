"""What the options of `dno-bench run` say: lists of names, of prompts and of seeds."""

import csv
from collections.abc import Sequence
from pathlib import Path

from bench.errors import InputError
from bench.suite.narrowing import Changes
from bench.suite.prompts import is_file, prompt_sets


def changes(
    methods: Sequence[str] | None,
    rewards: Sequence[str] | None,
    prompts: Sequence[str] | None,
    limit: int | None,
    seeds: Sequence[str] | None,
    budget: str | None,
) -> Changes:
    """What the options ask for; those that were not given are left out.

    Raises:
        InputError: a name is empty, a list of sets and files holds something else, or a seed is no whole number from 0.
    """
    asked: Changes = {}
    if methods:
        asked["methods"] = name_list("--methods", methods)
    if rewards:
        asked["rewards"] = name_list("--rewards", rewards)
    if prompts:
        asked["prompts"] = _prompts(prompts)
    if limit is not None:
        asked["limit"] = limit
    if seeds:
        asked["seeds"] = _seeds(seeds)
    if budget is not None:
        asked["budget"] = budget
    return asked


def name_list(option: str, values: Sequence[str]) -> list[str]:
    """The names in the values of an option, each value a list with commas; a name that holds one stands in quotes.

    Raises:
        InputError: a name is empty.
    """
    found = [name.strip() for value in values for name in _split(value)]
    if not all(found):
        raise InputError(f"{option} {','.join(values)!r}: a name is empty; write names with commas between them")
    return found


def _prompts(values: Sequence[str]) -> list[str]:
    """A value is a prompt, commas and all, unless its parts between the commas name sets and files."""
    return [word for value in values for word in _prompts_of(value)]


def _prompts_of(value: str) -> list[str]:
    parts = [part.strip() for part in value.split(",")]
    prompts = [part for part in parts if part not in prompt_sets() and not is_file(part, Path())]
    if prompts and len(prompts) < len(parts):
        raise InputError(
            f"--prompts {value!r:.80}: {prompts[0]!r} names no set or file as other parts do; give each prompt as a "
            "--prompts of its own"
        )
    return [value] if prompts else parts


def _seeds(values: Sequence[str]) -> list[int]:
    words = name_list("--seeds", values)
    if not all(word.isascii() and word.isdecimal() and len(word) < 20 for word in words):
        raise InputError(f"--seeds {','.join(values)!r:.80}: write whole numbers from 0 to 2^63 - 1, such as 0,1,2")
    return [int(word) for word in words]


def _split(value: str) -> list[str]:
    rows = csv.reader(value.splitlines() or [""], skipinitialspace=True)
    return [name for row in rows for name in row or [""]]
