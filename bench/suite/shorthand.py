"""Shorthand of suite files: fields of all experiments; `reward: {pickscore: 0.5, hpsv2.1: 5}` for one weighted sum."""

from collections.abc import Mapping, Set
from typing import Any


def spread(suite: Mapping[str, Any], own: Set[str]) -> dict[str, Any]:
    """The fields of a suite with those that are not its `own` in each of its experiments.

    Raises:
        ValueError: `reward` is no mapping of names to weights, or stands beside `rewards`.
    """
    kept = {key: value for key, value in suite.items() if key in own}
    experiments = kept.get("experiments", [{}])
    if not isinstance(experiments, list) or not all(isinstance(one, dict) for one in experiments):
        return kept
    shared = _spelled_out({key: value for key, value in suite.items() if key not in own})
    return {**kept, "experiments": [{**shared, **_spelled_out(one)} for one in experiments]}


def _spelled_out(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an experiment with `reward` written as `rewards`."""
    if "reward" not in fields:
        return dict(fields)
    weights = fields["reward"]
    if not isinstance(weights, dict) or not weights:
        raise ValueError("reward: names to weights, such as {pickscore: 0.5, hpsv2.1: 5}; `rewards` lists single ones")
    if "rewards" in fields:
        raise ValueError("reward: give either `reward` (one weighted sum) or `rewards`, not both")
    parts = {str(name): part for name, part in weights.items()}
    rest = {key: value for key, value in fields.items() if key != "reward"}
    return {**rest, "rewards": {_label(parts): {"use": "sum", "of": parts}}}


def _label(parts: Mapping[str, Any]) -> str:
    """What tables call a sum, such as "0.5 pickscore + 5 hpsv2.1"."""
    terms = [f"{_weight(part)} {name.rpartition('@')[2]}" for name, part in parts.items()]
    return " + ".join(terms).replace("+ -", "- ")


def _weight(part: Any) -> str:  # noqa: ANN401 - checked by the sum itself
    weight = part.get("weight") if isinstance(part, dict) else part
    return f"{weight:g}" if isinstance(weight, int | float) else str(weight)
