"""`sdxl`: Stable Diffusion XL (Podell et al. 2023, https://arxiv.org/abs/2307.01952), sampled with DDIM."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from bench.errors import InputError
from bench.models.hub_model import HubModel
from bench.models.latent import Condition, LatentModel
from bench.models.latent_spec import GuidedSpec
from bench.models.size import Size
from bench.registry import option, register_model
from bench.weights.checkpoint import read_json, variant_of, weight_files
from bench.weights.hub import HubFolder
from bench.weights.source import Source


class StableDiffusionXL(LatentModel):
    """Two text encoders; the U-Net is also told the pooled prompt and the image's size."""

    def _prepare(self) -> None:
        self._channels = _channel_statistics(self._pipeline.vae.config, self.device)

    @torch.no_grad()
    def encode(self, prompt: str) -> Condition:
        """States `(rows, tokens, width)`, pooled text `(rows, width)`, size and crop `(rows, 6)`."""
        text, negative, pooled, pooled_negative = self._pipeline.encode_prompt(
            prompt,
            device=self.device,
            num_images_per_prompt=1,
            do_classifier_free_guidance=self.guidable,
            negative_prompt=self.negative_prompt,
        )
        height, width = (side * self._pipeline.vae_scale_factor for side in self.latent_shape[-2:])
        size = torch.tensor([[height, width, 0, 0, height, width]], device=self.device, dtype=text.dtype)
        if not self.guidable:
            return {"states": text, "text_embeds": pooled, "time_ids": size}
        states, pooled = torch.cat([negative, text]), torch.cat([pooled_negative, pooled])
        return {"states": states, "text_embeds": pooled, "time_ids": size.repeat(2, 1)}

    def _unscaled(self, latent: Tensor) -> Tensor:
        """Some of its autoencoders name the mean and the spread of each of their channels."""
        if self._channels is None:
            return super()._unscaled(latent)
        mean, std = self._channels
        unscaled: Tensor = latent * std / self._pipeline.vae.config.scaling_factor + mean
        return unscaled

    def _denoise(self, latent: Tensor, timestep: Tensor, condition: Condition) -> Tensor:
        added = {name: condition[name] for name in ("text_embeds", "time_ids")}
        output: Tensor = self._network(latent, timestep, condition["states"], added_cond_kwargs=added).sample
        return output


def _channel_statistics(vae: Any, device: torch.device) -> tuple[Tensor, Tensor] | None:  # noqa: ANN401
    """Mean and spread of each channel of the latents, `(channels, 1, 1)`, where the configuration names them."""
    if vae.latents_mean is None or vae.latents_std is None:
        return None
    mean, std = (torch.tensor(one, device=device).view(-1, 1, 1) for one in (vae.latents_mean, vae.latents_std))
    return mean, std


_STEM, _AUTOENCODER = "diffusion_pytorch_model", "AutoencoderKL"


def autoencoder_files(folder: Path) -> Iterator[str]:
    """Names of the files of an autoencoder that lies by itself; they may be missing.

    Raises:
        InputError: it is of another kind.
    """
    kind = read_json(folder / "config.json").get("_class_name")
    if kind != _AUTOENCODER:
        raise InputError(f"{str(folder)!r} holds {kind}; SDXL's autoencoder is {_AUTOENCODER}")
    yield from weight_files(folder, _STEM)


def _autoencoder(text: str) -> HubFolder:
    return HubFolder.named(text, "config.json", ("config.json", f"{_STEM}.safetensors"), autoencoder_files)


@dataclass(frozen=True, kw_only=True)
class SDXLWeights(HubModel):
    """A pipeline of SDXL's kind, with an autoencoder that half precision does not overflow."""

    family, pipeline = StableDiffusionXL, "StableDiffusionXLPipeline"

    vae: str | None = option(
        "madebyollin/sdxl-vae-fp16-fix@207b116dae70ace3637169f1ddd2434b91b3a8cd",
        source="ours: half precision overflows SDXL's; null: its own, fp32",
    )

    def sources(self) -> list[Source]:
        """What the pipeline comes from, and the other autoencoder's folder."""
        return [*super().sources(), *([_autoencoder(self.vae)] if self.vae else [])]

    def open(self, dtype: torch.dtype) -> Any:  # noqa: ANN401
        """The pipeline: networks in `dtype`, the fixed autoencoder in its own one's place, in float32."""
        from diffusers import AutoencoderKL

        pipeline = super().open(dtype)
        if self.vae:
            folder = _autoencoder(self.vae).find()
            pipeline.vae = AutoencoderKL.from_pretrained(folder, dtype=torch.float32, variant=variant_of(folder, _STEM))
        return pipeline


@register_model(
    "sdxl",
    licence="CreativeML Open RAIL++-M; autoencoder MIT",
    weights="hub: stabilityai/stable-diffusion-xl-base-1.0, madebyollin/sdxl-vae-fp16-fix",
    paper="https://arxiv.org/abs/2307.01952",
)
@dataclass(frozen=True, kw_only=True)
class SDXL(GuidedSpec, SDXLWeights):
    """Stable Diffusion XL base 1.0, 1024x1024 images."""

    steps: int = option(50, source="DNO's code")
    guidance: float = option(5.0, source="DNO's code")
    eta: float = option(1.0, source="DNO's code")
    size: Size = option(1024, source="what the network was trained on")
    weights: str = option(
        "stabilityai/stable-diffusion-xl-base-1.0@462165984030d82259a11f4367a4eed129e94a7b",
        source="the authors' own; or a folder in its layout",
    )
