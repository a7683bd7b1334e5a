"""`lcm`: a latent consistency model, a few steps (Luo et al. 2023, https://arxiv.org/abs/2310.04378)."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch

from bench.models.hub_model import HubModel
from bench.models.latent import Config
from bench.models.schedule import Schedule
from bench.models.schedulers import from_betas, lcm
from bench.models.size import Size
from bench.models.stable_diffusion import StableDiffusion
from bench.registry import option, register_model


class LatentConsistency(StableDiffusion):
    """Stable Diffusion's parts; the U-Net is told the guidance scale, so that one evaluation does."""

    guidable = False
    schedulers = ("lcm",)
    most_steps = 50  # LCM's original_inference_steps: its steps are a subset of that many

    def _set_sampling(self, options: dict[str, float]) -> None:
        super()._set_sampling(options)
        width = self._network.config.time_cond_proj_dim
        scale = torch.tensor([options["guidance"] - 1])
        embedded = self._pipeline.get_guidance_scale_embedding(scale, embedding_dim=width)
        self._told = {"timestep_cond": embedded.to(self.device, self._dtype)}

    @classmethod
    def make_schedule(cls, config: Config, options: Mapping[str, float], scheduler: str | None = None) -> Schedule:
        """Consistency steps through the noise levels of a configuration."""
        from diffusers import LCMScheduler

        return lcm(from_betas(LCMScheduler, config), int(options["steps"]))


@register_model(
    "lcm", licence="MIT", weights="hub: SimianLuo/LCM_Dreamshaper_v7", paper="https://arxiv.org/abs/2310.04378"
)
@dataclass(frozen=True, kw_only=True)
class LCM(HubModel):
    """LCM Dreamshaper v7, 768x768 images in four steps that each inject fresh noise."""

    family, pipeline = LatentConsistency, "LatentConsistencyModelPipeline"
    unused = ("safety_checker", "feature_extractor")
    reads_one_file = False  # diffusers loses the embedding of the guidance scale there

    steps: int = option(4, source="the pipeline's default in diffusers")
    guidance: float = option(8.5, source="the pipeline's default in diffusers")
    size: Size = option(768, source="what the network was distilled for")
    weights: str = option(
        "SimianLuo/LCM_Dreamshaper_v7@a85df6a8bd976cdd08b4fd8f3b73f229c9e54df5",
        source="the authors' own; or a folder in its layout",
    )
