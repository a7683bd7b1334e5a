"""Rewards that are made of other rewards: what is true of them follows from their parts."""

from collections.abc import Iterator

from bench.registry import REWARDS, Composite, Medium, Reward, judges


def leaves(name: str, plugin: object) -> Iterator[tuple[str, object]]:
    """Name and instance of everything in `plugin` that has no parts; itself if it has none."""
    if not isinstance(plugin, Composite):
        yield name, plugin
        return
    for part, instance in plugin.parts.items():
        yield from leaves(part, instance)


def black_boxes(name: str, reward: Reward) -> list[str]:
    """What in a reward gives no gradient: nothing, the reward itself, or some of its parts."""
    return [leaf for leaf, _ in leaves(name, reward) if not REWARDS.get(leaf).facts.differentiable]


def out_of_place(name: str, reward: Reward, medium: Medium) -> list[str]:
    """What in a reward cannot score samples of `medium`: nothing, the reward itself, or some of its parts."""
    return [leaf for leaf, _ in leaves(name, reward) if not judges(REWARDS.get(leaf).facts.media, medium)]
