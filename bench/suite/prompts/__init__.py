"""Prompts: sets by name, files of the user's, and what a suite or the command line may write in place of one."""

from collections import Counter
from difflib import get_close_matches

from bench.errors import InputError, unknown_name
from bench.suite.prompts.own import is_file, with_files_read
from bench.suite.prompts.sets import PromptSet, prompt_set, prompt_sets

__all__ = ["PromptSet", "is_file", "prompt_set", "prompt_sets", "resolve", "with_files_read"]


def resolve(words: list[str]) -> list[str]:
    """Prompts for a list whose items are names of sets or prompts themselves.

    Raises:
        InputError: a prompt stands twice, a set has not been fetched, or an item looks like a misspelt set.
    """
    sets = prompt_sets()
    prompts: list[str] = []
    for word in words:
        if "-" in word and word not in sets and get_close_matches(word, sets, cutoff=0.8):
            raise unknown_name("prompt set", word, sets)
        prompts += sets[word].prompts() if word in sets else [word]
    twice = [prompt for prompt, count in Counter(prompts).items() if count > 1]
    if twice:
        raise InputError(f"prompt {twice[0]!r} stands more than once; each prompt may be given once")
    return prompts
