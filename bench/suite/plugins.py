"""All plug-ins that a suite names."""

from collections.abc import Iterator, Mapping
from typing import Any

from bench.registry import REGISTRIES, Registry
from bench.suite.experiment import Experiment
from bench.suite.suite import Suite


def plugins_of(holder: Suite | Experiment) -> Iterator[tuple[Registry[Any, Any], str, Mapping[str, Any]]]:
    """Registry, label and options of every plug-in that a suite or one experiment names; a label may recur."""
    if isinstance(holder, Suite):
        for experiment in holder.experiments:
            yield from plugins_of(experiment)
    for field, registry in REGISTRIES.items():
        for label, options in getattr(holder, field, {}).items():
            yield registry, label, options
