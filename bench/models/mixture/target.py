"""What a sampler ought to find on a mixture: draws of the tilted target p(x) exp(r(x) / temperature)."""

from math import inf

import torch
from torch import Generator, Tensor

from bench.models.mixture.distribution import GaussianMixture
from bench.models.mixture.options import MixtureOptions
from bench.registry import ModelSpec, Reward
from bench.scoring.quadratic import Quadratic

DRAWS = 2000
"""That stand for a distribution in a distance: their part of its error is small beside that of some dozen points."""
POOL = 200_000
"""Draws of p that are weighted where the target is no mixture."""


def distribution_of(model: ModelSpec) -> GaussianMixture:
    """The mixture that a model samples, in float64.

    Raises:
        ValueError: the model does not say.
    """
    if not isinstance(model, MixtureOptions):
        raise ValueError("what it samples is not known in closed form; that of model 'mixture' is")
    return model.distribution()


def draw_target(
    mixture: GaussianMixture, reward: Reward, prompt: str, temperature: float, n: int, generator: Generator
) -> Tensor:
    """Points `(n, d)` float64 of p(x) exp(r(x) / temperature).

    Independent draws for a linear or quadratic reward, whose target is a mixture; for another reward draws of p, drawn
    again by their weights.

    Raises:
        ValueError: there is no target, or draws of p do not reach it.
    """
    form = reward.form(mixture.means) if isinstance(reward, Quadratic) else None
    if form is not None and form.largest == inf:
        return mixture.tilted(form, temperature).draw(n, generator)
    return _by_weight(mixture, reward, prompt, temperature, n, generator)


@torch.no_grad()
def _by_weight(
    mixture: GaussianMixture, reward: Reward, prompt: str, temperature: float, n: int, generator: Generator
) -> Tensor:
    drawn = mixture.draw(POOL, generator)
    weights = (reward(drawn.float(), [prompt] * POOL).double() / temperature).softmax(0)
    effective = float(1 / weights.square().sum())
    if effective < n:  # the same points time and again would seem nearer to each other than draws are
        raise ValueError(
            f"the tilted target lies too far out: of {POOL} weighted draws {effective:.0f} count, {n} are needed; "
            "a higher temperature brings it nearer"
        )
    return drawn[torch.multinomial(weights, n, replacement=True, generator=generator)]
