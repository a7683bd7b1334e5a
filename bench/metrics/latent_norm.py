"""Whether the initial latent is as long as Gaussian noise is: its norm follows the chi distribution."""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from bench.problem.noise import known
from bench.registry import ANY_MEDIUM, register_metric


@register_metric("latent-norm", higher_is_better=None, paper="https://arxiv.org/abs/2406.04312", media=ANY_MEDIUM)
@dataclass(frozen=True)
class LatentNorm:
    """The initial latent's norm against the chi distribution of its d dimensions, which ReNO's regulariser is made of.

    A method that moves the noise changes its norm; samplers that inject noise at every step (eta > 0) hide much of the
    change in the later noises, which `noise-probability` judges too.
    """

    def __call__(self, samples: Tensor, prompts: Sequence[str], noise: Tensor | None) -> dict[str, Tensor]:
        """Three columns for noise `(n, steps + 1, *latent_shape)`.

        `latent-norm`: the norm. `latent-norm-z`: how many standard deviations of chi_d it lies above its mean.
        `latent-norm/quantile`: the share of Gaussian noise that is shorter, in [0, 1].

        Raises:
            ValueError: no noise is known.
        """
        from scipy.stats import chi

        latents = known(noise)[:, 0].detach().flatten(1).double()
        norm, expected = latents.norm(dim=1), chi(latents.shape[1])
        quantile = norm.new_tensor(expected.cdf(norm.cpu().numpy()))
        return {
            "latent-norm": norm,
            "latent-norm-z": (norm - expected.mean()) / expected.std(),
            "latent-norm/quantile": quantile,
        }
