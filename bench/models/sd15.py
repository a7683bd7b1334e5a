"""`sd15`: Stable Diffusion v1.5, the model of DNO's code."""

from dataclasses import dataclass

import torch

from bench.models.stable_diffusion import StableDiffusion, check_sampling
from bench.registry import register_model
from bench.weights.hub import HubFolder
from bench.weights.source import Source


@register_model(
    "sd15",
    licence="CreativeML Open RAIL-M",
    weights="hub: stable-diffusion-v1-5/stable-diffusion-v1-5",
    paper="https://arxiv.org/abs/2112.10752",
)
@dataclass(frozen=True)
class StableDiffusion15:
    """Stable Diffusion v1.5, 512x512 images, in float32."""

    steps: int = 50  # DNO's code
    guidance: float = 5.0  # DNO's code
    eta: float = 1.0  # DNO's code
    weights: str = "stable-diffusion-v1-5/stable-diffusion-v1-5"  # a hub id, or a folder in the layout of diffusers

    def __post_init__(self) -> None:
        check_sampling(self.steps, self.guidance, self.eta)

    def check_prompt(self, prompt: str) -> None:
        """Any prompt will do."""

    def sources(self) -> list[Source]:
        """The pipeline's folder."""
        return [HubFolder(self.weights, marker="model_index.json")]

    def load(self, device: torch.device) -> StableDiffusion:
        """The model on `device`; activations are recomputed in the backward pass, as in DNO's code."""
        (folder,) = (source.find() for source in self.sources())
        return StableDiffusion(folder, device, self.steps, self.guidance, self.eta, recompute=True)
