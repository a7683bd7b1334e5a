"""Examples in Markdown: files that a page has people write, commands that it has them type, what these then print.

A block with a title is a file, one of `bash` is commands, and one of `output` is from what the commands of the block
before it printed: each of its lines stands there, `...` for anything. A line that begins with `error: ` says that a
command ends so. A block of `sh` is not for a test to run, such as a set-up.
"""

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass

from tests.support.cli import Done, dno_bench

_BLOCK = re.compile(r"(?ms)^```(?P<language>\w+)(?: title=\"(?P<title>[^\"]+)\")?\n(?P<text>.*?)^```$")
PYTHON = {"python": [], "pytest": ["-m", "pytest", "-q", "-p", "no:cacheprovider"]}
"""What Python is told for a command other than ours."""


@dataclass
class Block:
    language: str
    title: str | None
    text: str


def blocks(page):
    return [Block(**found.groupdict()) for found in _BLOCK.finditer(page)]


def commands(block):
    """The words of each line; what stands behind a # is not among them."""
    return [words for line in block.text.splitlines() if (words := shlex.split(line, comments=True))]


def follow(page, home):
    """Do in the folder `home` what a page says, from top to bottom."""
    parts = blocks(page)
    for block, after in zip(parts, [*parts[1:], None], strict=True):
        if block.title:
            (home / block.title).parent.mkdir(parents=True, exist_ok=True)
            (home / block.title).write_text(block.text, encoding="utf-8")
        elif block.language == "bash":
            shown = after.text if after and after.language == "output" else ""
            printed = "".join(typed(words, home, fails="error: " in shown) for words in commands(block))
            require_shown(shown, printed)


def typed(words, home, fails=False):
    """What a command prints, typed in the folder `home`; it must end well, or with an error where it `fails`."""
    apart = {"WANDB_MODE": "disabled", "HF_HUB_CACHE": str(home / "hub")}
    if words[0] == "dno-bench":
        done = dno_bench(*words[1:], cwd=home, **apart)
    else:
        assert words[0] in PYTHON, f"no test runs {words[0]!r}; what none shall run stands in a block of `sh`"
        command = [sys.executable, *PYTHON[words[0]], *words[1:]]
        ran = subprocess.run(command, cwd=home, env=os.environ | apart, capture_output=True, text=True, timeout=600)
        done = Done(ran.returncode, ran.stdout, ran.stderr)
    assert bool(done.returncode) == fails, f"{words} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def require_shown(shown, printed):
    for line in shown.splitlines():
        pattern = ".*".join(map(re.escape, line.split("...")))
        assert re.search(pattern, printed), f"{line!r} is not in\n{printed}"
