"""The autoencoder: 32x32 images to 4x4 latents of 16 channels; then its decoder alone, for longer.

Once the denoiser learns the latents, the encoder must stay as it is, but the decoder may go on becoming sharper.
"""

from pathlib import Path

import torch
from diffusers import AutoencoderKL
from torch import Tensor

from bench.models.emoji.scenes import render, sample
from bench.models.emoji.train.loop import fit
from bench.problem.seeding import stream

BATCH, LEARNING_RATE = 16, 2e-3
EDGE_WEIGHT, KL_WEIGHT = 0.5, 1e-3
LATENT_NOISE = 0.1  # in units of the latents' spread: what the denoiser leaves


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
        loss: Tensor = _distance(rebuilt, images) + KL_WEIGHT * posterior.kl().mean() / 32**2
        return loss

    fit(vae, loss_at, steps, LEARNING_RATE, work / "autoencoder.pt")
    vae.register_to_config(scaling_factor=_scale(vae, device))
    vae.save_pretrained(work / "autoencoder")


def train_decoder(work: Path, steps: int, seed: int, device: torch.device) -> None:
    """Train the decoder of `work/autoencoder` on, into `work/decoder`; the latents stay what they are."""
    vae = AutoencoderKL.from_pretrained(work / "autoencoder").to(device)
    vae.encoder.requires_grad_(False)
    vae.quant_conv.requires_grad_(False)

    def loss_at(step: int) -> Tensor:
        images = render(sample(BATCH, stream("decoder", seed, step))).to(device) * 2 - 1
        with torch.no_grad():
            latents = vae.encode(images).latent_dist.mean
        noise = torch.randn(latents.shape, generator=stream("decoder noise", seed, step)).to(device)
        rebuilt = vae.decode(latents + LATENT_NOISE / vae.config.scaling_factor * noise).sample
        return _distance(rebuilt, images)

    fit(vae, loss_at, steps, LEARNING_RATE, work / "decoder.pt")
    vae.save_pretrained(work / "decoder")


def _distance(rebuilt: Tensor, images: Tensor) -> Tensor:
    """L1 of the pixels and of their gradients: plain L1 lets small features blur."""
    difference = rebuilt - images
    edges = difference.diff(dim=3).abs().mean() + difference.diff(dim=2).abs().mean()
    return difference.abs().mean() + EDGE_WEIGHT * edges


@torch.no_grad()
def _scale(vae: AutoencoderKL, device: torch.device) -> float:
    images = render(sample(512, stream("scale"))).to(device) * 2 - 1
    latents: Tensor = vae.encode(images).latent_dist.sample(stream("scale", device=device))
    return round(1 / float(latents.std()), 4)
