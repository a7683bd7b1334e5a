"""Guidance as in DAS's notebooks (Kim et al., ICLR 2025, https://arxiv.org/abs/2501.05803): the gradient as it is.

    x' = mean(x) + std xi + scale grad_x r(x0(x))

with mean(x) + std xi the sampler's step and x0(x) the clean latent that the denoiser predicts. A step of DAS itself has
std^2 lambda / temperature in place of the scale, and weights that make up for it.
"""

from collections.abc import Generator
from dataclasses import dataclass

from bench.problem import Candidates, Problem
from bench.registry import ModelSpec, option, register_method
from bench.sampling.bounds import require_at_least
from bench.sampling.guidance import promise
from bench.sampling.look_ahead import with_row
from bench.sampling.particles import require_noise


@register_method("additive-guidance", family="guidance", paper="https://arxiv.org/abs/2501.05803", gradient=True)
@dataclass(frozen=True)
class AdditiveGuidance:
    """Each step adds the gradient of the predicted clean sample's reward, without the step's variance before it.

    A step that injects no noise, such as the last, is left alone: then some noise makes the sample, xi + push / std.
    """

    scale: float = option(1.0, source="DAS's notebooks, commit 2f4b223: rho")
    batch_size: int = option(1, source="ours")

    def __post_init__(self) -> None:
        require_at_least(self, 1, "batch_size")

    def check_model(self, model: ModelSpec) -> None:
        """Refuse a sampler that injects no noise: it would never be guided."""
        require_noise(model, "only steps that inject noise are guided")

    def run(self, problem: Problem) -> Generator[Candidates | None, float, None]:
        """Run trajectory after trajectory, each from fresh noise, looking up after each step."""
        sampler = problem.sampler
        while True:
            noise = problem.draw_noise(self.batch_size)
            latent = sampler.start(noise[:, 0])
            for step in range(sampler.steps - 1):
                prediction, _, gradient = promise(problem, latent, step)
                mean, std = sampler.transition(prediction, step)
                if std > 0:
                    noise = with_row(noise, step + 1, noise[:, step + 1] + self.scale * gradient / std)
                latent = mean + std * noise[:, step + 1]
                yield None
            last = sampler.steps - 1
            samples = sampler.decode(sampler.step(sampler.predict(latent, last), last, noise[:, -1]))
            yield Candidates(samples, problem.reward(samples), noise)
