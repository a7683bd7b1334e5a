"""TDS (Wu et al., NeurIPS 2023, https://arxiv.org/abs/2306.17775): DAS without tempering, lambda 1 at every step.

    x' = mean(x) + std xi',    xi' = xi + std grad_x h(x),    h(x) = r(x0(x)) / temperature
    log w = h(x') - h(x) + (|xi|^2 - |xi'|^2) / 2,    particles are resampled by w at every step

with mean(x) + std xi the sampler's step and x0(x) the clean latent that the denoiser predicts.
"""

from dataclasses import dataclass

from bench.registry import option, register_method
from bench.sampling.resampling import Resampling
from methods.das import Das


@register_method("tds", family="particles", paper="https://arxiv.org/abs/2306.17775", gradient=True)
@dataclass(frozen=True)
class Tds(Das):
    """The twisted diffusion sampler: all of the reward counts from the first step on."""

    tempering: float | None = option(None, source="the paper")
    threshold: float = option(1.0, source="official code, commit 5b6af53: ess_threshold null, resample at every step")
    resampling: Resampling = option("systematic", source="official code")
