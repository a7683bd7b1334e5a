"""TDS (Wu et al. 2023, https://arxiv.org/abs/2306.17775): DAS without tempering."""

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
