"""The models that are measured: `emoji` as it is, the hub's at full size with random weights."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from diffusers import StableDiffusionPipeline
from torch import nn

from bench.models.emoji.paths import WEIGHTS
from bench.models.hub_model import HubModel
from bench.models.latent import Condition, LatentModel, dtype_of, quieten
from bench.models.replay import Wanted
from bench.models.stable_diffusion import StableDiffusion
from bench.registry import MODELS
from benchmarks.architectures import BUILDERS, build

FAMILIES = ("emoji", "sd15", "sdxl", "sd3-medium", "flux-schnell")
PROMPT = "a white duck on a yellow background"


@dataclass(frozen=True)
class Family:
    """One set of weights, from which models are made that run it in several ways; all of them share it.

    Attributes:
        name: the model's registered name.
        spec: its options.
        pipeline: without its text encoders, which would take more memory in float32 than what is measured.
        device: where it runs.
        condition: that of the prompt, for all ways alike.
        weights: the type that the model's denoiser is loaded in.
    """

    name: str
    spec: Any
    pipeline: Any
    device: torch.device
    condition: Condition
    weights: torch.dtype

    def official(self) -> LatentModel:
        """The model in float32, as the official code has it; it keeps everything for the backward pass."""
        return self._in(torch.float32)

    def ours(self, replay: Wanted) -> LatentModel:
        """The model as a run loads it.

        Raises:
            ValueError: this device does not replay so.
        """
        model = self._in(self.weights)
        model.use_replay(replay)
        if model.chosen["replay"] != replay:
            raise ValueError(f"replay {replay!r} is {model.chosen['replay']!r} on {self.device}")
        if isinstance(self.spec, HubModel):
            model.fit_into_memory(self.spec.recompute, self.spec.chunk)
        return model

    def _in(self, weights: torch.dtype) -> LatentModel:
        network = getattr(self.pipeline, _class(self.spec).denoiser)
        nn.Module.to(network, weights)  # and back: loses nothing, float32 holds what the smaller type does
        model = _model(self.spec, self.pipeline, self.device)
        condition = {name: states.to(weights) for name, states in self.condition.items()}
        model.encode = lambda prompt: condition  # type: ignore[method-assign]
        return model


def open_family(name: str, options: Mapping[str, Any], device: torch.device) -> Family:
    """The family of the model called `name` under some of its options."""
    quieten()
    spec = MODELS.get(name).create(options)
    pipeline = _pipeline(name, device)
    model = _model(spec, pipeline, device)
    condition = model.encode(PROMPT)
    for part in [part for part in pipeline.components if part.startswith("text_encoder")]:
        setattr(pipeline, part, None)
    return Family(name, spec, pipeline, device, condition, model._network.dtype)


def _pipeline(name: str, device: torch.device) -> Any:  # noqa: ANN401 - each family has its own
    if name in BUILDERS:
        return build(name, dtype_of("auto", device), device)
    return StableDiffusionPipeline.from_pretrained(WEIGHTS, dtype=torch.float32, safety_checker=None)


def _model(spec: Any, pipeline: Any, device: torch.device) -> LatentModel:  # noqa: ANN401
    model: LatentModel = _class(spec)(pipeline, device, spec.sampling(), spec.size)
    return model


def _class(spec: Any) -> type[LatentModel]:  # noqa: ANN401
    return spec.family if isinstance(spec, HubModel) else StableDiffusion
