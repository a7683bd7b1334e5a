"""The autoencoder: 32x32 images to 4x4 latents of 16 channels."""

from pathlib import Path

import torch
from diffusers import AutoencoderKL
from torch import Tensor

from bench.models.emoji.scenes import render, sample
from bench.models.emoji.train.loop import fit
from bench.seeding import stream

BATCH, LEARNING_RATE = 16, 2e-3
EDGE_WEIGHT, KL_WEIGHT = 0.5, 1e-3


def make() -> AutoencoderKL:
    """An untrained autoencoder."""
    return AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=(16, 32, 64, 64),
        layers_per_block=1,
        latent_channels=16,
        norm_num_groups=8,
        sample_size=32,
        mid_block_add_attention=False,
    )


def train(work: Path, steps: int, seed: int, device: torch.device) -> None:
    """Train into `work/autoencoder`, and measure the scale that brings the latents to unit variance."""
    torch.manual_seed(seed)
    vae = make().to(device)

    def loss_at(step: int) -> Tensor:
        images = render(sample(BATCH, stream("autoencoder", seed, step))).to(device) * 2 - 1
        posterior = vae.encode(images).latent_dist
        rebuilt = vae.decode(posterior.sample(stream("posterior", seed, step, device=device))).sample
        absolute = (rebuilt - images).abs().mean()
        return absolute + EDGE_WEIGHT * _edges(rebuilt - images) + KL_WEIGHT * posterior.kl().mean() / 32**2

    fit(vae, loss_at, steps, LEARNING_RATE, work / "autoencoder.pt")
    vae.register_to_config(scaling_factor=_scale(vae, device))
    vae.save_pretrained(work / "autoencoder")


def _edges(difference: Tensor) -> Tensor:
    """Mean absolute difference of the gradients: plain L1 lets small features blur."""
    return difference.diff(dim=3).abs().mean() + difference.diff(dim=2).abs().mean()


@torch.no_grad()
def _scale(vae: AutoencoderKL, device: torch.device) -> float:
    images = render(sample(512, stream("scale"))).to(device) * 2 - 1
    return round(1 / vae.encode(images).latent_dist.sample(stream("scale", device=device)).std().item(), 4)
