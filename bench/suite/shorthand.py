"""Shorthand of suite files: `reward: {pickscore: 0.5, hpsv2.1: 5}` for one weighted sum among `rewards`."""

from collections.abc import Mapping
from typing import Any


def spelled_out(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a suite or experiment with `reward` written as `rewards`.

    Raises:
        ValueError: `reward` is no mapping of names to weights, or stands beside `rewards`.
    """
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
