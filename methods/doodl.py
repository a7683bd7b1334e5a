"""DOODL: end-to-end optimisation of the initial latent (Wallace et al., ICCV 2023, https://arxiv.org/abs/2303.13703).

The initial latent z is sampled by EDICT, which is exactly invertible, so that the gradient of the reward through all
steps needs no stored trajectory. Each update keeps the latent on the shell that Gaussian noise lives on:

    g = clip(dr/dz, +-1e-3),   v <- 0.9 v + g,   z <- z + s v,   z <- z |z_0| / |z|,   z <- z + 1e-4 xi
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from bench.problem import Candidates, Problem
from bench.registry import ModelSpec, option, register_method
from bench.sampling.bounds import require_at_least, require_positive
from bench.sampling.edict import EDICT
from bench.sampling.noise_ascent import checked


@register_method(
    "doodl", family="noise optimisation", paper="https://arxiv.org/abs/2303.13703", gradient=True, own_sampling=True
)
@dataclass(frozen=True)
class DOODL:
    """Gradient ascent on the initial latent through the invertible EDICT sampler, at constant memory."""

    scale: float = option(1.0, source="official code (52a52da), doodl.py: grad_scale")
    mixing: float = option(0.93, source="doodl.py: mix_weight")
    momentum: float = option(0.9, source="doodl.py")
    clip: float = option(1e-3, source="doodl.py: clip_grad_val, of each element")
    perturbation: float = option(1e-4, source="doodl.py: standard deviation of the noise added after an update")
    steps: int = option(50, source="doodl.py; EDICT's pair drifts apart where steps are few or guidance is strong")
    guidance: float | None = option(None, source="doodl.py: 7.5; null: the model's own")
    cutouts: int = option(0, source="doodl.py: 16 for CLIP-like rewards; 0 scores the whole image only")
    cutout_power: float = option(0.3, source="doodl.py: smaller is larger cut-outs")

    def __post_init__(self) -> None:
        if not 0.5 < self.mixing <= 1:
            raise ValueError(f"mixing must be in (0.5, 1], got {self.mixing}")
        require_at_least(self, 1, "steps")
        if not 0 <= self.momentum < 1:
            raise ValueError(f"momentum must be in [0, 1), got {self.momentum}")
        require_positive(self, "scale", "clip", "cutout_power")
        if self.guidance is not None and self.guidance < 1:
            raise ValueError(f"guidance must be at least 1, which is none, got {self.guidance:g}")
        if self.perturbation < 0 or self.cutouts < 0:
            raise ValueError("perturbation and cutouts must be at least 0")

    def check_model(self, model: ModelSpec) -> None:
        """Refuse a guidance scale for a model without guidance, more steps than the model can take, and a flow.

        Raises:
            ValueError: says which.
        """
        if getattr(model, "flow", False):
            raise ValueError("EDICT needs some signal in the initial latent; a flow begins with none")
        if self.guidance is not None and not hasattr(model, "guidance"):
            raise ValueError("the model has no classifier-free guidance; leave out the option guidance")
        most = getattr(model, "most_steps", self.steps)
        if self.steps > most:
            raise ValueError(f"EDICT takes {self.steps} steps, the model at most {most}")

    def run(self, problem: Problem) -> Iterator[Candidates]:
        """Yield the two images of each latent before the update that leaves it behind."""
        guidance = {} if self.guidance is None else {"guidance": self.guidance}
        problem = problem.with_sampling(steps=self.steps, **guidance)
        sampler = problem.sampler
        edict = EDICT(lambda latent, i: sampler.predict(latent, i).eps, sampler.alphas, sampler.sigmas, self.mixing)
        noise = problem.draw_noise(1)
        z = noise[:, 0].clone().requires_grad_()
        norm, velocity = z.detach().norm(), torch.zeros_like(z)
        while True:
            start = sampler.start(z)
            samples = sampler.decode(torch.cat(edict.sample(start, start)))
            rewards = problem.reward(samples)
            yield Candidates(samples.detach(), rewards.detach(), self._pair(noise, z))
            objective = self._of_cutouts(problem, samples) if self.cutouts else rewards.mean()
            (gradient,) = torch.autograd.grad(objective, z)
            velocity = self.momentum * velocity + checked(gradient).clamp(-self.clip, self.clip)
            with torch.no_grad():
                z += self.scale * velocity
                z *= norm / z.norm()
                z += self.perturbation * torch.randn(z.shape, generator=problem.generator, device=z.device)

    def _of_cutouts(self, problem: Problem, images: Tensor) -> Tensor:
        """The mean reward of random square cut-outs, resized to the whole image's size."""
        size = min(images.shape[-2:])
        # Drawn and read at once: the host waits for the device at each read.
        drawn = torch.rand(self.cutouts, 3, generator=problem.generator, device=images.device).tolist()
        rewards = []
        for u in drawn:
            side = max(1, round(size * u[0] ** self.cutout_power))
            top, left = (int(v * (extent - side + 1)) for v, extent in zip(u[1:], images.shape[-2:], strict=True))
            cutout = images[..., top : top + side, left : left + side]
            resized = interpolate(cutout, images.shape[-2:], mode="bilinear", antialias=True)
            rewards.append(problem.reward(resized).mean())
        return torch.stack(rewards).mean()

    @staticmethod
    def _pair(noise: Tensor, z: Tensor) -> Tensor:
        """The noise behind both images: EDICT injects none, so that only row 0 matters."""
        return torch.cat([z.detach()[:, None], noise[:, 1:]], dim=1).repeat(2, *[1] * (noise.dim() - 1))
