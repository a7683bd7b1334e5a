"""What the student learns from: noises with captions, and the scenes that they are to become."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import torch
from diffusers import StableDiffusionPipeline
from safetensors.torch import load_file, save_file
from torch import Tensor

from bench.models.emoji.captions import captions
from bench.models.emoji.scenes import render, sample
from bench.models.emoji.support import nearest_scenes
from bench.problem.seeding import stream

BATCH = 100
Options = Mapping[str, Any]
"""Of a pipeline's call."""
Pairs = dict[str, Tensor]
"""`noise` and `latents` `(n, 16, 4, 4)`, both as the denoiser has them; `states` `(n, 10, 64)` of the captions."""


def cached_pairs(file: Path, pipeline: StableDiffusionPipeline, options: Options, count: int, seed: int) -> Pairs:
    """Those in `file`, made if it is not there; its name and the seed decide noises and captions."""
    if not file.exists():
        parts = [_pairs(pipeline, options, (file.stem, seed, batch)) for batch in range(-(-count // BATCH))]
        save_file(joined(parts), file)
    loaded: Pairs = load_file(file)
    return loaded


def joined(parts: Sequence[Pairs]) -> Pairs:
    """All pairs of several."""
    return {name: torch.cat([part[name] for part in parts]) for name in parts[0]}


@torch.no_grad()
def _pairs(pipeline: StableDiffusionPipeline, options: Options, name: tuple[str | int, ...]) -> Pairs:
    """A batch: of all scenes that a caption allows, the one that is nearest to what the pipeline draws."""
    vae, network = pipeline.vae, pipeline.unet.config
    texts = captions(sample(BATCH, stream("captions", *name)), Random(f"captions {name}"))
    shape = (BATCH, network.in_channels, network.sample_size, network.sample_size)
    noise = torch.randn(shape, generator=stream("noise", *name))
    images = pipeline(texts, latents=noise, output_type="pt", **options).images
    scenes = render(nearest_scenes(images, texts))
    latents = vae.encode(scenes * 2 - 1).latent_dist.mean * vae.config.scaling_factor
    states, _ = pipeline.encode_prompt(texts, pipeline.device, 1, do_classifier_free_guidance=False)
    return {"noise": noise, "latents": latents, "states": states}
