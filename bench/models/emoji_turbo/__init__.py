"""`emoji-turbo`: what SD-Turbo is to Stable Diffusion, to `emoji`, with which it shares all but the denoiser."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import torch

from bench.models.emoji import SceneModel
from bench.models.emoji import load_pipeline as load_emoji
from bench.models.replay import REPLAY_SOURCE, Wanted
from bench.models.turbo import EulerStableDiffusion
from bench.registry import option, register_model

if TYPE_CHECKING:
    from diffusers import StableDiffusionPipeline

FOLDER = Path(__file__).parent
WEIGHTS = FOLDER / "weights"
"""Denoiser and scheduler; what else a pipeline has is that of `emoji`."""


class OneStep(EulerStableDiffusion):
    """SD-Turbo's family for a denoiser that knows one noise level."""

    most_steps = 1


@register_model(
    "emoji-turbo",
    licence="weights Apache-2.0, trained on Noto Emoji (Apache-2.0)",
    weights="in the package: bench/models/emoji_turbo/weights",
    paper="bench/models/emoji_turbo/README.md",
    medium="emoji",
)
@dataclass(frozen=True)
class EmojiTurbo(SceneModel):
    """`emoji` distilled to one step without guidance, by this project; its distribution is known exactly."""

    family = OneStep
    steps: ClassVar[int] = 1
    eta: ClassVar[float] = 0.0

    replay: Wanted = option("auto", source=REPLAY_SOURCE)

    def sampling(self) -> dict[str, float]:
        """The sampling options, which are what the network was distilled for."""
        return {"steps": self.steps, "eta": self.eta}

    def open(self) -> "StableDiffusionPipeline":
        """The pipeline, of the committed parts."""
        return load_pipeline()


def load_pipeline() -> "StableDiffusionPipeline":
    """The model as diffusers has it, in float32."""
    from diffusers import EulerDiscreteScheduler, UNet2DConditionModel

    unet = UNet2DConditionModel.from_pretrained(WEIGHTS / "unet", dtype=torch.float32)
    return load_emoji(unet=unet, scheduler=EulerDiscreteScheduler.from_pretrained(WEIGHTS / "scheduler"))
