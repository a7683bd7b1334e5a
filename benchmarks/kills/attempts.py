"""Attempts at a suite that are killed: one command, or two at once in one folder, at a random moment."""

import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

from bench.store.claims import BEAT
from bench.suite.suite import Suite
from bench.suite.text import to_yaml
from benchmarks.cheap import HERE
from benchmarks.kills.commands import Command
from benchmarks.kills.folder import complete_cells, stage

ONE = ("start", "cells", "tables", "plots", "report")
"""What a single command is to be killed in."""
TWO = "two at once"
STAGES = ("start", "planning", *ONE[1:], TWO)
"""What a command may turn out to have been at."""
_PAIRS = 1 / 3  # of the attempts are of two commands at once
_BOTH = 3 / 4  # of the pairs lose both
_TYPED = 8  # of so many single commands one is typed, the others are forks
_AFTER = {"start": 0.3, "cells": 0.8, "tables": 0.3, "plots": 1.5, "report": 1.5, TWO: 1.5}
"""At most so many seconds after a stage began its command is killed."""
_IMPORTS = 4.0  # seconds more, where Python is started for it
_TRIES = 3  # who was killed while it wrote down that it is here counts as living for as long as a beat
_POLL = 0.02


class Ended(NamedTuple):
    """A command that has ended.

    Attributes:
        stage: what it was at, of `STAGES`.
        command: it.
        killed: whether it was killed, and had not come to its end before.
    """

    stage: str
    command: Command
    killed: bool


def small_suite() -> Suite:
    """Twelve cells of up to 60 events and eight checkpoints, a tenth of a second each."""
    return Suite.model_validate({
        "name": "kills", "models": {"cheap": {"use": f"{HERE}@closed-form"}}, "prompts": ["cat", "dog", "cow"],
        "rewards": {"mean-pixel": {"use": f"{HERE}@mean-pixel"}}, "seeds": [0, 1], "budget": "300nfe",
        "methods": {"base": {}, "steady": {"use": f"{HERE}@steady"}}, "checkpoints": [one / 8 for one in range(1, 9)],
    })  # fmt: skip


class Attempts:
    """Commands in folders of `home`.

    Args:
        home: where everything lies.
        random: decides what is killed, and when.
    """

    def __init__(self, home: Path, random: Random) -> None:
        self._home, self._random = home, random
        self._begun = self._singles = 0
        self._suite = home / "kills.yaml"
        self._suite.write_text(to_yaml(small_suite()), encoding="utf-8")

    def begin(self, *words: str, typed: bool = False) -> Command:
        """Begin a command."""
        self._begun += 1
        return Command(words, self._home / f"{self._begun}.txt", typed)

    def complete(self, folder: Path) -> Iterator[Command]:
        """The same command until the folder is complete; gives each once it has ended."""
        for _ in range(_TRIES):
            command = self._run(folder)
            command.wait()
            yield command
            if command.is_in_order() and len(complete_cells(folder)) == len(small_suite().planned()):
                return
            time.sleep(BEAT)

    def attempt(self, folder: Path) -> Iterator[Ended]:
        """Begin one command or two in a folder and kill them, unless they end before; gives each once it has ended."""
        if self._random.random() < _PAIRS:
            return self._two(folder)
        return self._one(folder, self._random.choice(ONE))

    def _one(self, folder: Path, moment: str) -> Iterator[Ended]:
        self._singles += 1
        typed, began = self._singles % _TYPED == 0, time.time()
        if moment == "report":
            command = self.begin("report", str(folder), typed=typed)
        else:
            command = self._run(folder, typed=typed)
        if moment in ("start", "report"):
            self._sleep(_AFTER[moment] + _IMPORTS * typed)
        else:
            _wait_for(command, folder, moment, began)
            self._sleep(_AFTER[moment])
        killed = command.kill()
        yield Ended(moment if moment == "report" else stage(folder, began), command, killed)

    def _two(self, folder: Path) -> Iterator[Ended]:
        """Both share the folder, or the second is refused as long as the first is there."""
        executor = self._random.choice(("local", "shared"))
        both = [self._run(folder, executor)]
        self._sleep(_AFTER["cells"])
        both.append(self._run(folder, executor))
        self._sleep(_AFTER[TWO])
        self._random.shuffle(both)
        one, other = both
        yield Ended(TWO, one, one.kill())
        if self._random.random() < _BOTH:
            self._sleep(_AFTER["cells"])
            yield Ended(TWO, other, other.kill())
        else:
            other.wait()
            yield Ended(TWO, other, killed=False)

    def _run(self, folder: Path, executor: str = "local", typed: bool = False) -> Command:
        options = ("--out", str(folder), "--executor", executor, "--device", "cpu", "--wandb", "off")
        return self.begin("run", str(self._suite), *options, typed=typed)

    def _sleep(self, most: float) -> None:
        time.sleep(self._random.uniform(0, most))


def _wait_for(command: Command, folder: Path, moment: str, began: float) -> None:
    """Wait until a command is at a stage, or has come to its end."""
    while not command.ended and stage(folder, began) != moment:
        time.sleep(_POLL)
