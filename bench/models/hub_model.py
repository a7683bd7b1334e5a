"""What all models from the hub share: where the weights lie, the types they run in, how they fit into memory."""

from dataclasses import dataclass, fields
from typing import Any, ClassVar, Literal

import torch
from diffusers import DiffusionPipeline

from bench.errors import InputError
from bench.models.latent import LatentModel, Precision, check_sampling, dtype_of, quieten
from bench.registry import option
from bench.weights.hub import HubFolder
from bench.weights.source import Source

SAMPLING = ("steps", "guidance", "eta")
PATTERNS = (
    "model_index.json",
    "scheduler/*.json",
    "tokenizer*/*",
    *(
        f"{part}/{name}"
        for part in ("text_encoder*", "unet", "transformer", "vae")
        for model in ("model", "diffusion_pytorch_model")
        for name in ("*.json", f"{model}.safetensors", f"{model}-*.safetensors")
    ),
)
"""Safetensors in full precision, whole or in parts, and what it takes to read them."""


@dataclass(frozen=True, kw_only=True)
class HubModel:
    """A diffusers pipeline from the hub's cache or from a folder.

    Raises:
        InputError: an option makes no sense; says which and what is allowed.
    """

    family: ClassVar[type[LatentModel]]
    pipeline: ClassVar[type[DiffusionPipeline]]
    unused: ClassVar[tuple[str, ...]] = ()
    """Parts of the pipeline that are not loaded."""
    flow: ClassVar[bool] = False
    """Whether it is a flow, whose initial latent is noise alone."""

    steps: int
    weights: str
    size: int
    """Pixels a side of the images, a multiple of 16."""
    precision: Precision = option(
        "auto", source="ours: bf16 on a GPU, fp32 on a CPU; noise and rewards are fp32 anyway"
    )
    recompute: Literal["auto", "none", "steps", "blocks"] = option(
        "auto", source="ours: the fastest that half the free memory holds for one sample"
    )
    chunk: int | None = option(
        None, source="ours: samples a network takes at once; null: what half of the free memory holds"
    )

    def __post_init__(self) -> None:
        check_sampling(self.sampling(), self.family.most_steps)
        if self.chunk is not None and self.chunk < 1:
            raise InputError(f"chunk must be at least 1, got {self.chunk}")
        if self.size < 16 or self.size % 16:
            raise InputError(f"size must be a positive multiple of 16, got {self.size}")

    def sampling(self) -> dict[str, float]:
        """The sampling options that the family has."""
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name in SAMPLING}

    def check_prompt(self, prompt: str) -> None:
        """Any prompt will do."""

    def sources(self) -> list[Source]:
        """The pipeline's folder."""
        return [HubFolder.named(self.weights, marker="model_index.json", patterns=PATTERNS)]

    def load(self, device: torch.device) -> LatentModel:
        """The model on `device`."""
        quieten()
        model = self.family(self.open(dtype_of(self.precision, device)), device, self.sampling(), self.size)
        model.fit_into_memory(self.recompute, self.chunk)
        return model

    def open(self, dtype: torch.dtype) -> Any:  # noqa: ANN401 - each family has a class of its own
        """The pipeline: networks in `dtype`, the autoencoder in float32."""
        folder = self.sources()[0].find()
        types = {"default": dtype, "vae": torch.float32}
        return self.pipeline.from_pretrained(folder, dtype=types, **dict.fromkeys(self.unused))
