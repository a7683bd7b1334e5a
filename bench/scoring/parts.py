"""Rewards that are made of other rewards: what is true of them follows from their parts."""

from collections.abc import Iterator
from typing import Any

from bench.registry import REWARDS


def leaves(name: str, reward: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - any plug-in may have `parts`
    """Name and instance of everything in `reward` that has no parts; itself if it has none.

    What is made of others has `parts`, a mapping of their registered names to instances.
    """
    if not hasattr(reward, "parts"):
        yield name, reward
        return
    for part, instance in reward.parts.items():
        yield from leaves(part, instance)


def black_boxes(name: str, reward: Any) -> list[str]:  # noqa: ANN401
    """What in a reward gives no gradient: nothing, the reward itself, or some of its parts."""
    return [leaf for leaf, _ in leaves(name, reward) if not REWARDS.get(leaf).facts["differentiable"]]
