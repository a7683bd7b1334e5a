"""A pipeline object, as a notebook has one, as a model: under a name in suites of this process, and in problems."""

from collections.abc import Mapping
from copy import copy
from dataclasses import Field, fields, make_dataclass
from hashlib import sha256
from inspect import signature
from typing import Any, get_type_hints

import torch
from torch import nn

from bench.errors import InputError
from bench.models.flow import FluxSchnell, SD3Medium
from bench.models.followed import SCHEDULERS
from bench.models.hub_model import HubModel
from bench.models.latent import LatentModel
from bench.models.latent_spec import SAMPLING, GuidedSpec, LatentSpec
from bench.models.lcm import LCM
from bench.models.sdxl import SDXL
from bench.models.stable_diffusion import StableDiffusion15
from bench.registry import MODELS, ModelFacts, ModelSpec, option, source_of

_SHIPPED: Mapping[str, type[HubModel]] = {
    one.pipeline: one for one in (StableDiffusion15, SDXL, LCM, SD3Medium, FluxSchnell)
}
_GIVEN: dict[str, Any] = {}
"""Pipelines by the names of their models; their classes, of which checks are kept for ever, do not hold them."""

_SAMPLED = 16  # numbers of each tensor, of which another training changes all


def from_pipeline(pipeline: Any, name: str = "pipeline", **options: Any) -> ModelSpec:  # noqa: ANN401
    """Register a diffusers pipeline as the model `name`, which samples as the pipeline's own call does.

    Its networks run as they are, in the types that they have. Loading the model moves them to the device of the run,
    and their parameters require no gradients from then on. Other processes, such as those of several devices, lack it.

    Args:
        pipeline: a `StableDiffusionPipeline`, or that of SDXL, SD3, FLUX.1 schnell or a latent consistency model.
        name: what suites call it. Given again, it means the new pipeline, whose weights make other cells.
        options: `steps`, `guidance`, `eta`, `size`, `scheduler`, `negative_prompt`, `recompute`, `replay` and `chunk`,
            where its family has them; in a suite they stand beside the name. By default those of the pipeline's call.

    Returns:
        The model under these options; what `load(device)` gives is what a problem takes.

    Raises:
        InputError: no model here samples such a pipeline as it does itself, an option is wrong, or the name is taken.
    """
    shipped = _SHIPPED.get(type(pipeline).__name__)
    if shipped is None:
        raise InputError(f"no model here samples a {type(pipeline).__name__}, only {', '.join(_SHIPPED)}")
    _require_faithful(pipeline, shipped.family)
    MODELS.names()  # so that the shipped names are taken
    facts = ModelFacts(licence="that of its weights", weights="in this process", paper=f"diffusers: {shipped.pipeline}")
    MODELS.register(name, facts, _digest(pipeline))(_model_class(pipeline, name, shipped))
    _GIVEN[name] = pipeline
    return MODELS.get(name).create(options)


def _require_faithful(pipeline: Any, family: type[LatentModel]) -> None:  # noqa: ANN401
    """Refuse a pipeline that does at its steps what the family does not."""
    family.check_network(getattr(pipeline, family.denoiser).config)
    if any(hasattr(part, "_hf_hook") for part in pipeline.components.values()):
        raise InputError("the pipeline moves its networks between devices as it runs; remove_all_hooks() ends that")
    scheduler = pipeline.scheduler
    if type(scheduler).__name__ == "DDIMScheduler" and (scheduler.config.clip_sample or scheduler.config.thresholding):
        raise InputError(
            "the pipeline's scheduler clips clean latents, which no model here does; "
            "DDIMScheduler.from_config(pipeline.scheduler.config, clip_sample=False, thresholding=False) does not"
        )


def _model_class(pipeline: Any, name: str, shipped: type[HubModel]) -> type[LatentSpec]:  # noqa: ANN401
    """A dataclass with those options of the shipped model that are not about where weights come from."""
    base = GuidedSpec if issubclass(shipped, GuidedSpec) else LatentSpec
    kept = {*SAMPLING, *(one.name for one in fields(base))}
    types, call = get_type_hints(shipped), _call_options(pipeline, shipped.family)
    options = [(one.name, types[one.name], _option(one, call)) for one in fields(shipped) if one.name in kept]

    def load(self: LatentSpec, device: torch.device) -> LatentModel:
        """The model on `device`."""
        return self.around(copy(_GIVEN[name]), device)

    about = {"family": shipped.family, "pipeline": shipped.pipeline, "flow": shipped.flow, "load": load}
    about["__doc__"] = f"A {shipped.pipeline} of this process."
    made = make_dataclass(shipped.pipeline, options, bases=(base,), namespace=about, frozen=True, kw_only=True)
    made.__module__ = f"{__name__}:{name}"  # no module: as with a class that is typed in, a name may be given again
    return made


def _option(shipped: Field[Any], call: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a field with a default
    if shipped.name in call:
        return option(call[shipped.name], source="the pipeline's own call")
    return option(shipped.default, source=source_of(shipped))


def _call_options(pipeline: Any, family: type[LatentModel]) -> dict[str, Any]:  # noqa: ANN401
    """What the pipeline's own call does where it is told nothing."""
    call = {name: one.default for name, one in signature(pipeline.__call__).parameters.items()}
    kind = type(pipeline.scheduler).__name__
    eta = next((one.eta for one in SCHEDULERS.values() if one.kind == kind), None)
    return {
        "steps": call["num_inference_steps"],
        "guidance": call["guidance_scale"],
        "eta": call.get("eta", 0.0) if eta is None else eta,
        "scheduler": kind,
        "size": _call_size(pipeline, family),
    }


def _call_size(pipeline: Any, family: type[LatentModel]) -> tuple[int, int]:  # noqa: ANN401
    """Height and width in pixels."""
    side = getattr(pipeline, "default_sample_size", None) or getattr(pipeline, family.denoiser).config.sample_size
    height, width = side if isinstance(side, list | tuple) else (side, side)
    return height * pipeline.vae_scale_factor, width * pipeline.vae_scale_factor


def _digest(pipeline: Any) -> str:  # noqa: ANN401
    """A sha256 of the scheduler's configuration and of the first numbers of every tensor."""
    found = sha256(pipeline.scheduler.to_json_string().encode())
    for name, part in pipeline.components.items():
        for key, tensor in part.state_dict().items() if isinstance(part, nn.Module) else ():
            found.update(f"{name}.{key} {tuple(tensor.shape)}".encode())
            found.update(tensor.flatten()[:_SAMPLED].float().cpu().numpy().tobytes())
    return found.hexdigest()
