"""Loss-guided diffusion, LGD (Song et al., ICML 2023, https://proceedings.mlr.press/v202/song23k), as a case of TFG.

    x' = the sampler's step + (alpha' / alpha) rho grad_x log mean_k exp(r(x0(x) + sigma_t delta_k) / temperature)
    delta_k ~ N(0, I),    sigma_t = sigma sqrt(1 - abar_t)

with x0(x) the clean latent that the denoiser predicts.
"""

from dataclasses import dataclass

from bench.registry import option, register_method
from bench.sampling.levels import Course
from methods.tfg import Tfg


@register_method("lgd", family="guidance", paper="https://proceedings.mlr.press/v202/song23k", gradient=True)
@dataclass(frozen=True)
class Lgd(Tfg):
    """TFG that moves the latent alone, along the gradient of the reward averaged around its predicted clean latent."""

    rho_schedule: Course = option("constant", source="the paper: one weight")
    mu: float = option(0.0, source="the paper: the latent alone is moved")
    sigma: float = option(1.0, source="the paper: r_t = sigma_t / sqrt(1 + sigma_t^2), which is sqrt(1 - abar_t)")
    samples: int = option(10, source="TFG's official code: lgd_10")
