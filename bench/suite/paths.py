"""Paths in a suite file lead from the folder of that file, so that a suite means the same wherever it is run from."""

import os
from pathlib import Path
from typing import Any

from bench.suite.experiment import Experiment
from bench.suite.prompts import with_files_read
from bench.suite.references import REFERENCE, with_texts

_FIELDS = ("models", "rewards", "methods", "metrics")


def with_paths(experiment: Experiment, folder: Path) -> Experiment:
    """The experiment with its files of prompts read, and with paths in options as seen from the working folder.

    Raises:
        InputError: a file of prompts cannot be read.
    """
    update: dict[str, Any] = {field: located(getattr(experiment, field), folder) for field in _FIELDS}
    return experiment.model_copy(update={**update, "prompts": with_files_read(experiment.prompts, folder)})


def located(value: Any, folder: Path) -> Any:  # noqa: ANN401 - any option
    """An option with the paths in it as seen from the working folder: `path.py@name`, `./...` and `../...`."""
    return with_texts(value, lambda text: _located(text, folder))


def _located(text: str, folder: Path) -> str:
    if plugin := REFERENCE.fullmatch(text):
        return f"{_seen(plugin['path'], folder)}@{plugin['name']}"
    return _seen(text, folder) if text.startswith(("./", "../")) else text


def _seen(path: str, folder: Path) -> str:
    """A relative path beneath the working folder, which may be moved with what it holds; else an absolute one."""
    if os.path.isabs(path):
        return path
    seen = os.path.relpath(folder / path)
    if seen.startswith(".."):
        return os.path.abspath(folder / path)
    return f"./{seen}" if path.startswith((".", "/")) else seen
