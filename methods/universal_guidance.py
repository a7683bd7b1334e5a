"""Universal guidance, UGD (Bansal et al. 2023, https://arxiv.org/abs/2302.07121).

Forward guidance moves the predicted noise, s(t) = scale sqrt(1 - abar_t); backward guidance ascends on the predicted
clean latent, which gains D_0, and the noise follows (eqs. 6 to 9, for a reward r):

    eps^ = eps - s(t) grad_x r(x0(x)) - alpha / sigma D_0

The step is the sampler's with eps^ and the clean latent that this noise implies, `recurrences` times in all, the result
noised anew in between.
"""

from collections.abc import Generator
from dataclasses import dataclass

from torch import Tensor

from bench.problem import Candidates, Prediction, Problem
from bench.registry import option, register_method
from bench.sampling.bounds import require_at_least, require_positive
from bench.sampling.guidance import ascended, clean_reward, promise
from bench.sampling.guided_path import GuidedPath


@register_method("universal-guidance", family="guidance", paper="https://arxiv.org/abs/2302.07121", gradient=True)
@dataclass(frozen=True)
class UniversalGuidance:
    """The reward's gradient is added to the predicted noise, and each step is taken several times.

    A stochastic sampler's last step, which injects no noise, is left alone; at eta 0 no noise makes the sample.
    """

    scale: float = option(
        6.0, source="official README: for style; 100 for boxes, 400 for masks, 20,000 for faces: it needs tuning"
    )
    recurrences: int = option(6, source="official README: --optim_num_steps for style; 2 to 10 for the others")
    backward_steps: int = option(0, source="official code, commit ff82f88: --optim_backward_guidance is off")
    backward_rate: float = option(0.01, source="official code: --optim_lr")
    batch_size: int = option(1, source="ours")

    def __post_init__(self) -> None:
        require_positive(self, "scale", "backward_rate")
        require_at_least(self, 1, "recurrences", "batch_size")
        require_at_least(self, 0, "backward_steps")

    def run(self, problem: Problem) -> Generator[Candidates | None, float, None]:
        """Run trajectory after trajectory, each from fresh noise, looking up after each step."""
        while True:
            path = GuidedPath(problem, self.batch_size)
            for step in path.steps:
                for repeat in range(self.recurrences):
                    if repeat > 0:
                        path.back(step)
                    path.take(step, *self.pushed(problem, path.latent, step))
                    yield None
            yield path.offer()

    def pushed(self, problem: Problem, latent: Tensor, step: int) -> tuple[Prediction, Tensor]:
        """The prediction for `(n, *latent_shape)`, and how far to move the next latent, of this shape."""
        sampler, alpha, sigma = problem.sampler, problem.sampler.alphas[step], problem.sampler.sigmas[step]
        prediction, _, gradient = promise(problem, latent, step)
        eps, clean = prediction
        gain = ascended(clean_reward(problem), clean, self.backward_rate, self.backward_steps) - clean
        if alpha > 0:  # no noise implies a clean latent where there is no signal
            gain = gain + sigma / alpha * self.scale * sigma * gradient
        moved = sampler.transition(Prediction(eps - alpha / sigma * gain, clean + gain), step)
        return prediction, moved.mean - sampler.transition(prediction, step).mean
