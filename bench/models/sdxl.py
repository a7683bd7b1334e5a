"""`sdxl`: Stable Diffusion XL (Podell et al. 2023, https://arxiv.org/abs/2307.01952), sampled with DDIM."""

from dataclasses import dataclass
from typing import Any

import torch
from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionXLPipeline
from torch import Tensor

from bench.models.hub_model import HubModel
from bench.models.latent import Condition, LatentModel
from bench.models.schedule import Schedule
from bench.models.schedulers import ddim
from bench.registry import option, register_model
from bench.weights.hub import HubFolder
from bench.weights.source import Source


class StableDiffusionXL(LatentModel):
    """Two text encoders; the U-Net is also told the pooled prompt and the image's size."""

    @torch.no_grad()
    def encode(self, prompt: str) -> Condition:
        """States `(rows, tokens, width)`, pooled text `(rows, width)`, size and crop `(rows, 6)`."""
        text, empty, pooled, pooled_empty = self._pipeline.encode_prompt(
            prompt, device=self.device, num_images_per_prompt=1, do_classifier_free_guidance=self.guidable
        )
        side = self.latent_shape[-1] * self._pipeline.vae_scale_factor
        size = torch.tensor([[side, side, 0, 0, side, side]], device=self.device, dtype=text.dtype)
        if not self.guidable:
            return {"states": text, "text_embeds": pooled, "time_ids": size}
        states, pooled = torch.cat([empty, text]), torch.cat([pooled_empty, pooled])
        return {"states": states, "text_embeds": pooled, "time_ids": size.repeat(2, 1)}

    def _make_schedule(self) -> Schedule:
        scheduler = DDIMScheduler.from_config(self._pipeline.scheduler.config)
        return ddim(scheduler, self.steps, self.options["eta"])

    def _denoise(self, latent: Tensor, timestep: Tensor, condition: Condition) -> Tensor:
        added = {name: condition[name] for name in ("text_embeds", "time_ids")}
        output: Tensor = self._network(latent, timestep, condition["states"], added_cond_kwargs=added).sample
        return output


@dataclass(frozen=True, kw_only=True)
class SDXLWeights(HubModel):
    """A pipeline of SDXL's kind, with an autoencoder that half precision does not overflow."""

    family, pipeline = StableDiffusionXL, StableDiffusionXLPipeline

    vae: str | None = option(
        "madebyollin/sdxl-vae-fp16-fix@207b116dae70ace3637169f1ddd2434b91b3a8cd",
        source="ours: half precision overflows SDXL's; null: its own, fp32",
    )

    def sources(self) -> list[Source]:
        """The pipeline's folder, and the other autoencoder's."""
        fixed = [HubFolder.named(self.vae, "config.json", ("config.json", "*.safetensors"))] if self.vae else []
        return [*super().sources(), *fixed]

    def open(self, dtype: torch.dtype) -> Any:  # noqa: ANN401
        """The pipeline: networks in `dtype`, and so the fixed autoencoder; its own in float32."""
        pipeline = super().open(dtype)
        if self.vae:
            pipeline.vae = AutoencoderKL.from_pretrained(self.sources()[1].find(), dtype=dtype)
        return pipeline


@register_model(
    "sdxl",
    licence="CreativeML Open RAIL++-M; autoencoder MIT",
    weights="hub: stabilityai/stable-diffusion-xl-base-1.0, madebyollin/sdxl-vae-fp16-fix",
    paper="https://arxiv.org/abs/2307.01952",
)
@dataclass(frozen=True, kw_only=True)
class SDXL(SDXLWeights):
    """Stable Diffusion XL base 1.0, 1024x1024 images."""

    steps: int = option(50, source="DNO's code")
    guidance: float = option(5.0, source="DNO's code")
    eta: float = option(1.0, source="DNO's code")
    size: int = option(1024, source="what the network was trained on")
    weights: str = option(
        "stabilityai/stable-diffusion-xl-base-1.0@462165984030d82259a11f4367a4eed129e94a7b",
        source="the authors' own; or a folder in its layout",
    )
