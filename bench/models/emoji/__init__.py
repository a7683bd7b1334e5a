"""`emoji`: a tiny Stable Diffusion of emoji scenes, small enough to be committed; its distribution is known exactly."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import torch

from bench.models.emoji.captions import parse
from bench.models.emoji.paths import WEIGHTS
from bench.models.emoji.scenes import SIZE
from bench.models.quiet import quieten
from bench.models.replay import REPLAY_SOURCE, Wanted
from bench.models.sampling_options import check_sampling
from bench.models.stable_diffusion import StableDiffusion
from bench.registry import option, register_model

if TYPE_CHECKING:
    from diffusers import StableDiffusionPipeline


class SceneModel(ABC):
    """What models of emoji scenes share: size and words, and the denoiser's faster modules on a CPU."""

    family: ClassVar[type[StableDiffusion]]
    size: ClassVar[int] = SIZE

    replay: Wanted

    @abstractmethod
    def sampling(self) -> dict[str, float]:
        """The sampling options."""

    @abstractmethod
    def open(self) -> "StableDiffusionPipeline":
        """The model as diffusers has it, in float32."""

    @property
    def most_steps(self) -> int:
        """How many steps it can be asked for."""
        return self.family.most_steps

    def check_prompt(self, prompt: str) -> None:
        """Refuse a prompt that the model has no words for.

        Raises:
            ValueError: names the words there are.
        """
        parse(prompt)

    def load(self, device: torch.device) -> StableDiffusion:
        """The model on `device`."""
        from bench.models.emoji.kernels import quicken

        pipeline = self.open()
        if device.type == "cpu":
            quicken(pipeline.unet)
        model = self.family(pipeline, device, self.sampling(), self.size)
        model.use_replay(self.replay)
        return model


@register_model(
    "emoji",
    licence="weights Apache-2.0, trained on Noto Emoji (Apache-2.0)",
    weights="in the package: bench/models/emoji/weights",
    paper="bench/models/emoji/README.md",
    medium="emoji",
)
@dataclass(frozen=True)
class Emoji(SceneModel):
    """A tiny Stable Diffusion of 32x32 emoji scenes, trained by this project; its distribution is known exactly."""

    family = StableDiffusion

    steps: int = option(10, source="the fewest that reach every goal of the model card; 8 miss one")
    guidance: float = option(4.0, source="3, 4 and 5 all reach the goals of the model card")
    eta: float = option(1.0, source="DNO's code: noise at every step")
    replay: Wanted = option("auto", source=REPLAY_SOURCE)

    def __post_init__(self) -> None:
        check_sampling(self.sampling())

    def sampling(self) -> dict[str, float]:
        """The sampling options."""
        return {"steps": self.steps, "guidance": self.guidance, "eta": self.eta}

    def open(self) -> "StableDiffusionPipeline":
        """The committed pipeline."""
        return load_pipeline()


def load_pipeline(**parts: object) -> "StableDiffusionPipeline":
    """The model as diffusers has it, in float32; `parts` stand in for its own of the same name."""
    from diffusers import StableDiffusionPipeline

    quieten()
    pipeline: StableDiffusionPipeline = StableDiffusionPipeline.from_pretrained(
        WEIGHTS, dtype=torch.float32, safety_checker=None, **parts
    )
    return pipeline
