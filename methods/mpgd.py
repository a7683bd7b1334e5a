"""Manifold preserving guided diffusion, MPGD (He et al., ICLR 2024, https://arxiv.org/abs/2311.16424).

    x0 <- x0(x) + scale rms(w (eps_text - eps_empty)) g / rms(g),    g = grad r(x0),

with w the scale of classifier-free guidance and rms the root mean square, then the sampler's step with this clean
latent and the noise as it was predicted. Nothing of the denoiser is differentiated.
"""

from collections.abc import Generator
from dataclasses import dataclass

from torch import Tensor

from bench.problem import Candidates, Prediction, Problem
from bench.registry import ModelSpec, option, register_method
from bench.sampling.bounds import require_at_least, require_positive
from bench.sampling.guidance import clean_reward, gradient_at
from bench.sampling.guided_path import GuidedPath
from bench.sampling.relative_push import Reference, Window, check_pushes, check_window, predicted, with_rms_of, within


@register_method("mpgd", family="guidance", paper="https://arxiv.org/abs/2311.16424", gradient=True)
@dataclass(frozen=True)
class Mpgd:
    """In the middle steps the predicted clean latent moves along the reward's gradient; the denoiser has none.

    A stochastic sampler's last step, which injects no noise, is left alone; at eta 0 no noise makes the sample.
    """

    scale: float = option(15.0, source="official code, commit 9f94b38: run.sh; its author: 15 to 30 is ok")
    relative_to: Reference = option("guidance", source="official code; noise: ours, where a model has no guidance")
    window: Window = option((0.3, 0.7), source="official code: 0.7 T > index >= 0.3 T, the last step of index 0")
    batch_size: int = option(1, source="ours")

    def __post_init__(self) -> None:
        require_positive(self, "scale")
        check_window("window", self.window)
        require_at_least(self, 1, "batch_size")

    def check_model(self, model: ModelSpec) -> None:
        """Refuse a model whose steps are too few, or with no guidance to measure by."""
        check_pushes(model, self.window, self.relative_to)

    def run(self, problem: Problem) -> Generator[Candidates | None, float, None]:
        """Run trajectory after trajectory, each from fresh noise, looking up after each step."""
        while True:
            path = GuidedPath(problem, self.batch_size)
            for step in path.steps:
                path.take(step, *self.pushed(problem, path.latent, step))
                yield None
            yield path.offer()

    def pushed(self, problem: Problem, latent: Tensor, step: int) -> tuple[Prediction, Tensor | None]:
        """The prediction for `(n, *latent_shape)`, and how far to move the next latent, of this shape."""
        sampler = problem.sampler
        if not within(self.window, step, sampler.steps):
            return sampler.predict(latent, step), None
        prediction, reference = predicted(sampler, latent, step, self.relative_to)
        moved = with_rms_of(reference, gradient_at(clean_reward(problem), prediction.x0), self.scale)
        return prediction, sampler.alphas[step + 1] * moved
