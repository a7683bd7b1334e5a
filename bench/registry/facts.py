"""What a plug-in declares of itself, a record for each kind: tables and plots use it, no list elsewhere repeats it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

Medium = Literal["image", "emoji", "points"]
"""What a model makes: images `(n, 3, H, W)`; emojis, images whose distribution is known exactly; points `(n, 2)`."""

ANY_MEDIUM: tuple[Medium, ...] = ("image", "points")
"""For what looks at the noise alone, or hands samples on."""


def judges(media: Collection[Medium], medium: Medium) -> bool:
    """Whether what judges `media` can judge samples of `medium`: an emoji is an image, an image may be no emoji."""
    return medium in media or (medium == "emoji" and "image" in media)


@dataclass(frozen=True, kw_only=True)
class MethodFacts:
    """What a method declares.

    Attributes:
        family: its group in tables, such as "search".
        paper: link to the paper that defines it.
        gradient: whether it needs the reward's gradient, and so a differentiable reward.
        anytime: whether its result is meaningful at every moment; otherwise it is drawn as points.
        selects: whether its result is the best sample so far; otherwise the latest.
        own_sampling: whether its samples come from another sampler, or from other sampling options, than the model's
            own, so that the problem's `generate` does not make them from their noise.
    """

    family: str
    paper: str
    gradient: bool = False
    anytime: bool = True
    selects: bool = True
    own_sampling: bool = False


@dataclass(frozen=True, kw_only=True)
class RewardFacts:
    """What a reward declares.

    Attributes:
        differentiable: whether gradients flow from the score to the samples.
        range: the smallest and largest score to be expected of ordinary samples; None where it depends on options.
        paper: where the reward is defined.
        licence: licence of code and weights.
        weights: where the weights come from ("none" if it has none).
        media: what it can score.
    """

    differentiable: bool
    range: tuple[float, float] | None
    paper: str
    licence: str = "Apache-2.0"
    weights: str = "none"
    media: tuple[Medium, ...] = ("image",)


@dataclass(frozen=True, kw_only=True)
class ModelFacts:
    """What a model declares.

    Attributes:
        licence: licence of code and weights.
        weights: where the weights come from.
        paper: what describes it.
        medium: what it makes.
    """

    licence: str
    weights: str
    paper: str
    medium: Medium = "image"


@dataclass(frozen=True, kw_only=True)
class MetricFacts:
    """What a metric declares.

    Attributes:
        higher_is_better: its direction; None where neither is: the metric is watched, beside that of `base`.
        paper: where the metric is defined.
        media: what it can judge.
    """

    higher_is_better: bool | None
    paper: str
    media: tuple[Medium, ...] = ("image",)


@dataclass(frozen=True, kw_only=True)
class SetMetricFacts:
    """What a metric of sets of samples declares.

    Attributes:
        higher_is_better: its direction; None where neither is.
        paper: where the metric is defined.
        against_base: whether it compares with the samples of `base`.
        told_task: whether it is told what a set was made by and for (`bench.registry.SetTask`).
        media: what it can judge.
    """

    higher_is_better: bool | None
    paper: str
    against_base: bool = False
    told_task: bool = False
    media: tuple[Medium, ...] = ("image",)
