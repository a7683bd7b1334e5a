"""FreeDoM (Yu et al., ICCV 2023, https://arxiv.org/abs/2303.09833), as for Stable Diffusion.

    x' = the sampler's step + scale rms(w (eps_text - eps_empty)) g / rms(g),    g = grad_x r(x0(x))

with w the scale of classifier-free guidance and rms the root mean square; in the middle of the trajectory x' is noised
anew and the step taken again (time travel).
"""

from collections.abc import Generator
from dataclasses import dataclass

from torch import Tensor

from bench.problem import Candidates, Prediction, Problem
from bench.registry import ModelSpec, option, register_method
from bench.sampling.bounds import require_at_least, require_positive
from bench.sampling.guidance import clean_reward, detached, slope
from bench.sampling.guided_path import GuidedPath
from bench.sampling.relative_push import Reference, Window, check_pushes, check_window, predicted, with_rms_of, within


@register_method("freedom", family="guidance", paper="https://arxiv.org/abs/2303.09833", gradient=True)
@dataclass(frozen=True)
class Freedom:
    """In the middle steps the latent moves along the reward's gradient, as far as a share of what guidance adds.

    A stochastic sampler's last step, which injects no noise, is left alone; at eta 0 no noise makes the sample.
    """

    scale: float = option(0.2, source="official code, commit 1394b1d: ldm/models/diffusion/ddim.py")
    relative_to: Reference = option("guidance", source="official code; noise: ours, where a model has no guidance")
    window: Window = option((0.3, 0.7), source="official code: 70 > index >= 30 of 100 steps, the last of index 0")
    travel_window: Window = option((0.4, 0.7), source="official code: 70 > index >= 40; in the window")
    repeats: int = option(3, source="official code: how often a step of the travel window is taken")
    batch_size: int = option(1, source="ours")

    def __post_init__(self) -> None:
        require_positive(self, "scale")
        for name in ("window", "travel_window"):
            check_window(name, getattr(self, name))
        if self.travel_window[0] < self.window[0] or self.travel_window[1] > self.window[1]:
            raise ValueError(f"travel_window {self.travel_window} must lie in the window {self.window}")
        require_at_least(self, 1, "repeats", "batch_size")

    def check_model(self, model: ModelSpec) -> None:
        """Refuse a model whose steps are too few, or with no guidance to measure by."""
        check_pushes(model, self.window, self.relative_to)

    def run(self, problem: Problem) -> Generator[Candidates | None, float, None]:
        """Run trajectory after trajectory, each from fresh noise, looking up after each step."""
        steps = problem.sampler.steps
        while True:
            path = GuidedPath(problem, self.batch_size)
            for step in path.steps:
                for repeat in range(self.repeats if within(self.travel_window, step, steps) else 1):
                    if repeat > 0:
                        path.back(step)
                    path.take(step, *self.pushed(problem, path.latent, step))
                    yield None
            yield path.offer()

    def pushed(self, problem: Problem, latent: Tensor, step: int) -> tuple[Prediction, Tensor | None]:
        """The prediction for `(n, *latent_shape)`, and how far to move the next latent, of this shape."""
        sampler = problem.sampler
        if not within(self.window, step, sampler.steps):
            return sampler.predict(latent, step), None
        latent = latent.detach().requires_grad_()
        prediction, reference = predicted(sampler, latent, step, self.relative_to)
        gradient = slope(clean_reward(problem)(prediction.x0), latent)
        return detached(prediction), with_rms_of(reference, gradient, self.scale)
