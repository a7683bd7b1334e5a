"""What all models around a diffusers pipeline share: how it is sampled, how large, how it fits into memory."""

from dataclasses import dataclass, fields
from typing import Any, ClassVar, Literal

import torch

from bench.errors import InputError
from bench.models.followed import check_eta, scheduler_name
from bench.models.latent import LatentModel
from bench.models.replay import REPLAY_SOURCE, Wanted
from bench.models.sampling_options import check_sampling
from bench.models.size import Size, check_size
from bench.registry import option

SAMPLING = ("steps", "guidance", "eta")
MOST_SAMPLES = 65536


@dataclass(frozen=True, kw_only=True)
class LatentSpec:
    """A diffusers pipeline under options; where it comes from, and so `load`, is for those who inherit this.

    Raises:
        InputError: an option makes no sense; says which and what is allowed.
    """

    family: ClassVar[type[LatentModel]]
    pipeline: ClassVar[str]
    """The class of diffusers by its name: to check options and files need not wait for diffusers."""
    flow: ClassVar[bool] = False
    """Whether it is a flow, whose initial latent is noise alone."""

    steps: int
    size: Size
    """Pixels of the images: the side of a square, or height and width; each a multiple of 16."""
    scheduler: str | None = option(
        None, source="ours: null: the family's, at any eta; a name, or a class of diffusers: that one, at its own eta"
    )
    recompute: Literal["auto", "none", "steps", "blocks"] = option(
        "auto", source="ours: the fastest for which half of the device's memory less the weights holds one sample"
    )
    replay: Wanted = option("auto", source=REPLAY_SOURCE)
    chunk: int | None = option(
        None,
        source="ours: samples a network takes at once; null: what half of the device's memory less the weights holds",
    )

    def __post_init__(self) -> None:
        check_sampling(self.sampling(), self.family.most_steps)
        if self.chunk is not None and not 1 <= self.chunk <= MOST_SAMPLES:
            raise InputError(f"chunk must be in 1..{MOST_SAMPLES}, got {self.chunk}")
        check_size(self.size)
        if self.scheduler is not None:
            check_eta(self.follows, self.sampling().get("eta", 0.0))

    def sampling(self) -> dict[str, float]:
        """The sampling options that the family has."""
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name in SAMPLING}

    @property
    def follows(self) -> str:
        """The name here of the scheduler whose steps are taken.

        Raises:
            InputError: the family cannot follow the one that is asked for.
        """
        known = self.family.schedulers
        return known[0] if self.scheduler is None else scheduler_name(self.scheduler, known)

    @property
    def most_steps(self) -> int:
        """How many steps it can be asked for."""
        return self.family.most_steps

    def check_prompt(self, prompt: str) -> None:
        """Any prompt will do."""

    def around(self, pipeline: Any, device: torch.device) -> LatentModel:  # noqa: ANN401
        """The model that a pipeline makes under these options on `device`."""
        model = self.family(pipeline, device, self.sampling(), self.size, self.follows)
        self.prepare(model)
        model.use_replay(self.replay)
        model.fit_into_memory(self.recompute, self.chunk)
        return model

    def prepare(self, model: LatentModel) -> None:
        """Set what a new model has to know before it runs."""


@dataclass(frozen=True, kw_only=True)
class GuidedSpec(LatentSpec):
    """One with classifier-free guidance: away from the empty prompt, or from a negative one."""

    guidance: float
    negative_prompt: str | None = option(
        None, source="ours: null: the empty prompt, as the pipeline has it; what is said has no effect at guidance 1"
    )

    def prepare(self, model: LatentModel) -> None:
        """Tell the model what it is guided away from."""
        super().prepare(model)
        model.negative_prompt = self.negative_prompt
