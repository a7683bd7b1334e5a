"""Low-rank adapters (Hu et al. 2022, https://arxiv.org/abs/2106.09685), merged into the weights of a pipeline.

Merged they cost no time and no memory, so that seconds are those of the model without them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from pydantic import ConfigDict

from bench.errors import InputError
from bench.weights.local import TENSORS, TensorFile
from bench.weights.package import Package
from bench.weights.source import Source


@dataclass(frozen=True)
class Lora:
    """One adapter.

    Attributes:
        path: its file of safetensors, in any layout that diffusers reads.
        scale: what its share of the weights is multiplied by; 1 is as it was trained.

    Raises:
        InputError: the file is of another kind, or the scale is not finite.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    path: str
    scale: float = 1.0

    def __post_init__(self) -> None:
        if not self.path.endswith(TENSORS):
            raise InputError(f"lora: path must be a file that ends in {TENSORS}, got {self.path!r}")
        if not math.isfinite(self.scale):
            raise InputError(f"lora: scale must be a finite number, got {self.scale}")


def lora_sources(loras: Sequence[Lora]) -> list[Source]:
    """What adapters need: their files, and the package that reads them."""
    return [Package("peft", extra="lora"), *(TensorFile(one.path) for one in loras)] if loras else []


def merge_loras(pipeline: Any, loras: Sequence[Lora]) -> None:  # noqa: ANN401 - diffusers has no types
    """Add adapters at their scales to the weights of a pipeline's networks.

    Raises:
        InputError: a file holds nothing for these networks.
    """
    if not loras:
        return
    names = [f"lora_{index}" for index in range(len(loras))]
    for name, one in zip(names, loras, strict=True):
        _load(pipeline, name, Path(one.path))
    pipeline.set_adapters(names, [one.scale for one in loras])
    pipeline.fuse_lora(components=list(pipeline.get_list_adapters()))
    pipeline.unload_lora_weights()


def _load(pipeline: Any, name: str, file: Path) -> None:  # noqa: ANN401
    told = {"weight_name": file.name, "adapter_name": name, "use_safetensors": True, "local_files_only": True}
    try:
        pipeline.load_lora_weights(str(file.parent), **told)
    except ValueError as error:  # no adapter at all
        raise InputError(f"{str(file)!r} is no LoRA: {' '.join(str(error).split())}") from error
    if not any(name in adapters for adapters in pipeline.get_list_adapters().values()):
        raise InputError(f"{str(file)!r} holds no LoRA for the networks of a {type(pipeline).__name__}")
