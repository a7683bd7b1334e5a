"""The models that are measured: `emoji` as it is, the hub's at full size with random weights."""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import nn

from bench.models.emoji import load_pipeline
from bench.models.hub_model import HubModel
from bench.models.latent import LatentModel
from bench.models.precision import dtype_of
from bench.models.quiet import quieten
from bench.models.replay import Wanted
from bench.models.stable_diffusion import StableDiffusion
from bench.registry import MODELS
from bench.run.provenance import device_name
from benchmarks.architectures import BUILDERS, build
from benchmarks.dno_step.rows import Setting

FAMILIES = ("emoji", "sd15", "sdxl", "sd3-medium", "flux-schnell")
PROMPT = "a white duck on a yellow background"


@dataclass(frozen=True)
class Family:
    """One set of weights, from which models are made that run it in several ways; all of them share it.

    Attributes:
        name: the model's registered name.
        spec: its options.
        pipeline: its networks.
        device: where it runs.
        weights: the type that the model's denoiser is loaded in.
    """

    name: str
    spec: Any
    pipeline: Any
    device: torch.device
    weights: torch.dtype

    def official(self) -> LatentModel:
        """The model as the official code has it: float32, channels first; it keeps everything for the backward pass."""
        condition = self._in(self.weights).encode(PROMPT)
        model = self._in(torch.float32)
        for network in (model._network, model._pipeline.vae):
            nn.Module.to(network, memory_format=torch.contiguous_format)
        told = {name: states.float() for name, states in condition.items()}
        model.encode = lambda prompt: told  # type: ignore[method-assign]
        return model

    def ours(self, replay: Wanted) -> LatentModel:
        """The model as a run loads it.

        Raises:
            ValueError: this device does not replay so.
        """
        spec = replace(self.spec, replay=replay)
        if isinstance(spec, HubModel):
            nn.Module.to(getattr(self.pipeline, _class(spec).denoiser), self.weights)
            model = spec.around(copy(self.pipeline), self.device)
        else:
            model = spec.load(self.device)
        if model.chosen["replay"] != replay:
            raise ValueError(f"replay {replay!r} is {model.chosen['replay']!r} on {self.device}")
        return model

    def _in(self, weights: torch.dtype) -> LatentModel:
        network = getattr(self.pipeline, _class(self.spec).denoiser)
        nn.Module.to(network, weights)  # and back: loses nothing, float32 holds what the smaller type does
        return _class(self.spec)(self.pipeline, self.device, self.spec.sampling(), self.spec.size)


def setting_of(name: str, options: Mapping[str, Any], device: torch.device) -> Setting:
    """The setting that the model called `name` is measured in.

    Raises:
        InputError: it cannot sample so.
    """
    steps = MODELS.get(name).create(options).steps
    return Setting(name, device_name(device), torch.get_num_threads(), steps)


def open_family(name: str, options: Mapping[str, Any], device: torch.device) -> Family:
    """The family of the model called `name` under some of its options."""
    quieten()
    spec, pipeline = MODELS.get(name).create(options), _pipeline(name, device)
    return Family(name, spec, pipeline, device, getattr(pipeline, _class(spec).denoiser).dtype)


def _pipeline(name: str, device: torch.device) -> Any:  # noqa: ANN401 - each family has its own
    if name in BUILDERS:
        return build(name, dtype_of("auto", device), device)
    return load_pipeline()


def _class(spec: Any) -> type[LatentModel]:  # noqa: ANN401
    return spec.family if isinstance(spec, HubModel) else StableDiffusion
