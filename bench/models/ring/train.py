"""Train the `ring` model: `python -m bench.models.ring.train`; a minute or two on a CPU, resumes after an interruption.

Loss and data are those of DNO's tutorial: 10,000 points, noise level uniform in (1e-5, 1 - 1e-5), squared error of the
predicted noise. Optimiser and schedule are those of the other embedded model.
"""

import argparse
from copy import deepcopy
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from bench.models.emoji.train.loop import fit
from bench.models.ring import EPSILON, WEIGHTS
from bench.models.ring.data import sample_ring
from bench.models.ring.network import RingDenoiser
from bench.problem.seeding import stream

POINTS, BATCH, LEARNING_RATE, EMA_DECAY = 10_000, 512, 3e-3, 0.999


def train(state_file: Path, steps: int, seed: int) -> RingDenoiser:
    """The average of the weights over a training of `steps` steps."""
    torch.manual_seed(seed)
    denoiser = RingDenoiser()
    ema = deepcopy(denoiser).requires_grad_(False)
    points = sample_ring(POINTS, stream("ring", seed))

    def loss_at(step: int) -> Tensor:
        generator = stream("ring", seed, step)
        clean = points[torch.randint(POINTS, (BATCH,), generator=generator)]
        level = EPSILON + (1 - 2 * EPSILON) * torch.rand(BATCH, generator=generator)
        noise = torch.randn(clean.shape, generator=generator)
        noisy = (1 - level).sqrt()[:, None] * clean + level.sqrt()[:, None] * noise
        loss: Tensor = (denoiser(noisy, level) - noise).square().sum(1).mean()
        return loss

    fit(denoiser, loss_at, steps, LEARNING_RATE, state_file, ema, EMA_DECAY)
    return ema


def main() -> None:
    """Train and write the committed weights."""
    parser = argparse.ArgumentParser(prog="python -m bench.models.ring.train", description=__doc__)
    parser.add_argument("--steps", type=int, default=40_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--state", type=Path, default=Path(".ring-training.pt"), help="resumed from if it exists")
    options = parser.parse_args()
    save_file(train(options.state, options.steps, options.seed).state_dict(), WEIGHTS)


if __name__ == "__main__":
    main()
