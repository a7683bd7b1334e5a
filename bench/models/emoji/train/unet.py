"""The denoiser, on cached latents with the CLIP's text tower as the frozen prompt encoder."""

from copy import deepcopy
from pathlib import Path
from random import Random

import torch
from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel
from torch import Tensor
from transformers import AutoTokenizer, CLIPModel

from bench.models.emoji.captions import captions
from bench.models.emoji.scenes import render, sample
from bench.models.emoji.train.loop import fit
from bench.problem.seeding import stream

BATCH, LEARNING_RATE, EMA_DECAY = 64, 1e-3, 0.999
CAPTION_DROPOUT = 0.1
MIN_SNR = 5.0  # Hang et al. 2023, https://arxiv.org/abs/2303.09556


def make() -> UNet2DConditionModel:
    """An untrained denoiser of 4x4 latents with 16 channels."""
    return UNet2DConditionModel(
        sample_size=4,
        in_channels=16,
        out_channels=16,
        down_block_types=("CrossAttnDownBlock2D",) * 2,
        up_block_types=("CrossAttnUpBlock2D",) * 2,
        block_out_channels=(80, 112),
        layers_per_block=1,
        cross_attention_dim=64,
        attention_head_dim=4,
        norm_num_groups=16,
        mid_block_type="UNetMidBlock2DCrossAttn",
    )


def make_scheduler() -> DDIMScheduler:
    """Stable Diffusion's noise schedule."""
    return DDIMScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear",
        clip_sample=False, set_alpha_to_one=False, steps_offset=1,
    )  # fmt: skip


def train(work: Path, steps: int, seed: int, device: torch.device, cached: int = 32_000) -> None:
    """Train into `work/unet`: the average of the weights, on `cached` latents."""
    cache = work / "latents.pt"
    if not cache.exists():
        torch.save(_encoded(work, cached, seed, device), cache)
    latents, states, empty = torch.load(cache, weights_only=True, map_location="cpu")
    torch.manual_seed(seed)
    unet = make().to(device)
    ema = deepcopy(unet).requires_grad_(False)
    scheduler = make_scheduler()
    signal = scheduler.alphas_cumprod.to(device)
    snr = signal / (1 - signal)
    weights = snr.clamp_max(MIN_SNR) / snr

    def loss_at(step: int) -> Tensor:
        generator = stream("unet", seed, step)
        chosen = torch.randint(len(latents), (BATCH,), generator=generator)
        clean, text = latents[chosen].to(device), states[chosen].to(device, torch.float32)
        text[torch.rand(BATCH, generator=generator) < CAPTION_DROPOUT] = empty.to(device)
        time = torch.randint(len(signal), (BATCH,), generator=generator).to(device)
        noise = torch.randn(clean.shape, generator=generator).to(device)
        predicted = unet(scheduler.add_noise(clean, noise, time), time, text).sample
        loss: Tensor = (weights[time] * (predicted - noise).square().mean((1, 2, 3))).mean()
        return loss

    fit(unet, loss_at, steps, LEARNING_RATE, work / "unet.pt", ema, EMA_DECAY)
    ema.save_pretrained(work / "unet")


@torch.no_grad()
def _encoded(work: Path, count: int, seed: int, device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
    """Scaled latents `(count, 16, 4, 4)`, caption states `(count, 10, 64)` in half precision, the empty caption's."""
    vae = AutoencoderKL.from_pretrained(work / "autoencoder").to(device).eval()
    text_model = CLIPModel.from_pretrained(work / "clip").text_model.to(device).eval()
    tokenizer = AutoTokenizer.from_pretrained(work / "tokenizer")

    def encode(texts: list[str]) -> Tensor:
        tokens = tokenizer(texts, padding="max_length", return_tensors="pt").input_ids
        states: Tensor = text_model(tokens.to(device)).last_hidden_state
        return states

    latents, states = [], []
    for batch in range(count // 100):
        scenes = sample(100, stream("latents", seed, batch))
        posterior = vae.encode(render(scenes).to(device) * 2 - 1).latent_dist
        drawn = posterior.sample(stream("latent noise", seed, batch, device=device))
        latents.append((drawn * vae.config.scaling_factor).cpu())
        states.append(encode(captions(scenes, Random(f"latents {seed} {batch}"))).half().cpu())
    return torch.cat(latents), torch.cat(states), encode([""])[0]
