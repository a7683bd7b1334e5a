"""The command that runs the contended cells of a run again."""

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.store.folder import RunStore

_OWN = ("--out", "--redo")


def redo_command(run: Path) -> str:
    """What to type: the command that made the run, whose options say which cells are meant, for its folder.

    `SUITE` stands for what several commands made, or one that was no `run`.
    """
    made = {tuple(_arguments(one.get("command", []))) for one in RunStore.open(run).invocations()}
    (arguments,) = made if len(made) == 1 else [()]
    if arguments[:1] != ("run",):
        arguments = ("run", "SUITE")
    return shlex.join(["dno-bench", *arguments, "--out", str(run), "--redo", "contended"])


def _arguments(command: Sequence[str]) -> Iterator[str]:
    """What follows the program's name, without the options that are set anew."""
    words = iter(command[1:])
    for word in words:
        if word in _OWN:
            next(words, None)
        elif not word.startswith(tuple(f"{option}=" for option in _OWN)):
            yield word
