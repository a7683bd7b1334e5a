"""Train a network of `das-toy` as the notebooks do: `python -m bench.models.das_toy.train gmm-1`; minutes on a CPU.

Full batches, Adam 1e-3, squared error of the predicted noise at a timestep drawn for each point and epoch. Seed 42 is
theirs, and numbers and arithmetic are those of their GPU: on the mixtures the losses that they print come out again.
"""

import argparse
from collections.abc import Callable

import torch
from safetensors.torch import save_file

from bench.models.das_toy import TIMESTEPS, weights_of
from bench.models.das_toy.cuda import CudaStream, Tf32Linear
from bench.models.das_toy.data import DATA
from bench.models.das_toy.network import PointDenoiser

LEARNING_RATE = 1e-3
SEED = 42


def train(
    name: str, epochs: int, seed: int = SEED, watch: Callable[[int, float], None] = lambda epoch, loss: None
) -> PointDenoiser:
    """The network for the data `name` after `epochs` full batches; `watch` is called with each epoch and its loss."""
    torch.manual_seed(seed)
    denoiser = PointDenoiser(DATA[name].dimensions, hidden=Tf32Linear)
    optimizer = torch.optim.Adam(denoiser.parameters(), lr=LEARNING_RATE)
    numbers, points = CudaStream(seed), DATA[name].draw(DATA[name].points, seed)
    kept = torch.cumprod(1 - torch.linspace(1e-4, 0.02, TIMESTEPS), 0)[:, None]  # of the signal's variance
    for epoch in range(epochs):
        level = numbers.integers(TIMESTEPS, len(points))
        noise = numbers.normal(points.numel()).view_as(points)
        noisy = kept[level].sqrt() * points + (1 - kept[level]).sqrt() * noise
        optimizer.zero_grad()
        loss = (denoiser(noisy, level / TIMESTEPS) - noise).square().mean()
        loss.backward()
        optimizer.step()
        watch(epoch, loss.item())
    return denoiser


def main() -> None:
    """Train, print the loss as the notebooks do, and write the committed weights."""
    parser = argparse.ArgumentParser(prog="python -m bench.models.das_toy.train", description=__doc__)
    parser.add_argument("data", choices=DATA)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    denoiser = train(options.data, DATA[options.data].epochs, options.seed, _printed)
    save_file(denoiser.state_dict(), weights_of(options.data))


def _printed(epoch: int, loss: float) -> None:
    if epoch % 100 == 0:
        print(f"epoch {epoch}: loss {loss:.6f}", flush=True)


if __name__ == "__main__":
    main()
