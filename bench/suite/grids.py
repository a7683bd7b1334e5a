"""Grids: `dno: {learning_rate: [0.01, 0.1]}` stands for two methods, `dno learning_rate=0.01` and `... =0.1`."""

import json
import re
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from bench.errors import InputError
from bench.registry import METHODS, MODELS, Registry
from bench.suite.cell import plugin
from bench.suite.experiment import Experiment

_REGISTRIES: dict[str, Registry[Any, Any]] = {"models": MODELS, "methods": METHODS}
GRID_KINDS = {registry.kind for registry in _REGISTRIES.values()}
"""Kinds of plug-ins whose options may be lists of values."""


def with_grids(experiment: Experiment) -> Experiment:
    """The experiment with each method and model whose options are lists of values written as its variants.

    Raises:
        InputError: a list is empty or has a value twice, two variants have one label, or a plug-in is not known.
    """
    return experiment.model_copy(
        update={field: _variants(registry, getattr(experiment, field)) for field, registry in _REGISTRIES.items()}
    )


def is_variant(label: str, of: str) -> bool:
    """Whether a label is that of a variant of the method or model `of`."""
    return re.fullmatch(rf"{re.escape(of)}( \w+=.*)", label) is not None


def _variants(registry: Registry[Any, Any], named: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for label, options in named.items():
        lists = {name: value for name, value in options.items() if _is_grid(registry, label, options, name)}
        for values in product(*(_values(label, name, value) for name, value in lists.items())):
            chosen = dict(zip(lists, values, strict=True))
            variant = " ".join([label, *(f"{name}={_text(value)}" for name, value in chosen.items())])
            if variant in found:
                raise InputError(f"{registry.kind} {variant!r} stands twice, once as part of a grid")
            found[variant] = {"use": label, **options, **chosen} if chosen else options
    return found


def _is_grid(registry: Registry[Any, Any], label: str, options: Mapping[str, Any], name: str) -> bool:
    """Whether an option is a list, and not one that the option itself takes."""
    value = options[name]
    if not isinstance(value, list) or any(isinstance(one, Mapping) for one in value):  # adapters, right or wrong
        return False
    types = get_type_hints(plugin(registry, label, options).factory, include_extras=True)
    if name not in types:
        return False
    try:
        TypeAdapter(types[name]).validate_python(value)
    except ValidationError:
        return True
    return False


def _values(label: str, name: str, values: Sequence[Any]) -> Sequence[Any]:
    texts = [_text(value) for value in values]
    if not texts or len(set(texts)) < len(texts):
        raise InputError(f"{label}: {name} is a list of {values}; a grid has different values, one at least")
    return values


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
