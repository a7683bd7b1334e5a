"""Train a network of `das-toy` by the published recipe: `python -m bench.models.das_toy.train gmm-1`; minutes on a CPU.

Full batches, Adam 1e-3, squared error of the predicted noise at a timestep drawn for each point and epoch.
"""

import argparse

import torch
from safetensors.torch import save_file

from bench.models.das_toy import TIMESTEPS, weights_of
from bench.models.das_toy.data import DATA
from bench.models.das_toy.network import PointDenoiser
from bench.models.mixture.schedules import ddim_steps
from bench.problem.seeding import stream

LEARNING_RATE = 1e-3


def train(name: str, epochs: int, seed: int) -> PointDenoiser:
    """The network for the data `name` after `epochs` full batches."""
    torch.manual_seed(seed)
    denoiser = PointDenoiser(DATA[name].dimensions)
    optimizer = torch.optim.Adam(denoiser.parameters(), lr=LEARNING_RATE)
    generator, schedule = stream("das-toy", name, seed), ddim_steps(TIMESTEPS, eta=0.0, to_data=False)
    alpha, sigma = schedule.alpha.float()[:, None], schedule.sigma.float()[:, None]
    points = DATA[name].draw(DATA[name].points, generator)
    for _ in range(epochs):
        which = torch.randint(TIMESTEPS, (len(points),), generator=generator)
        noise = torch.randn(points.shape, generator=generator)
        predicted = denoiser(alpha[which] * points + sigma[which] * noise, schedule.timesteps[which] / TIMESTEPS)
        optimizer.zero_grad()
        (predicted - noise).square().mean().backward()
        optimizer.step()
    return denoiser


def main() -> None:
    """Train and write the committed weights."""
    parser = argparse.ArgumentParser(prog="python -m bench.models.das_toy.train", description=__doc__)
    parser.add_argument("data", choices=DATA)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    denoiser = train(options.data, DATA[options.data].epochs, options.seed)
    save_file(denoiser.state_dict(), weights_of(options.data))


if __name__ == "__main__":
    main()
