"""What all models from the hub share: where the weights lie, in which types they run."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from os.path import isdir, isfile
from pathlib import Path
from typing import Any, ClassVar

import torch

from bench.errors import InputError
from bench.models.decoding import DecodePrecision
from bench.models.latent import LatentModel
from bench.models.latent_spec import LatentSpec
from bench.models.lora import Lora, lora_sources, merge_loras
from bench.models.pipeline_folder import INDEX, half_precision, not_loaded, patterns, pipeline_files
from bench.models.precision import Precision, dtype_of
from bench.models.quiet import quieten
from bench.models.single_file import open_single_file
from bench.registry import option
from bench.weights.checkpoint import HALF, read_json
from bench.weights.hub import HubFolder
from bench.weights.local import TENSORS, TensorFile, not_found
from bench.weights.source import Source


@dataclass(frozen=True, kw_only=True)
class HubModel(LatentSpec):
    """A diffusers pipeline from the hub's cache, from a folder, or from one file of weights.

    Raises:
        InputError: an option makes no sense; says which and what is allowed.
    """

    unused: ClassVar[tuple[str, ...]] = ()
    """Parts of the pipeline that are never loaded."""
    reads_one_file: ClassVar[bool] = True
    """Whether diffusers can make the whole pipeline from one file of weights."""

    weights: str
    config: str | None = option(
        None,
        source="ours: for weights in one file, the folder or id that says how they are built; null: the default",
    )
    lora: tuple[Lora, ...] = option((), source="ours: none; a list of {path, scale}, merged into the weights")
    precision: Precision = option(
        "auto", source="ours: bf16 on a GPU, fp32 on a CPU; noise and rewards are fp32 anyway"
    )
    decode_precision: DecodePrecision = option(
        "auto", source="ours: on a GPU the fastest type whose images differ by less than 1/255; fp32 on a CPU"
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if isfile(self.weights) and not self.in_one_file:
            raise InputError(f"{self.weights!r} is a file, of which only those that end in {TENSORS} are read")
        if self.in_one_file and not self.reads_one_file:
            raise InputError(
                f"weights must be a folder or an id of the hub: a {self.pipeline} is not read from one file"
            )
        if self.config is not None and not self.in_one_file:
            raise InputError(f"config belongs to weights in one file ({TENSORS}), got weights {self.weights!r}")

    @property
    def in_one_file(self) -> bool:
        """Whether the weights are said to lie in one file."""
        return self.weights.endswith(TENSORS)

    @property
    def left_out(self) -> tuple[str, ...]:
        """Parts of the pipeline that are not loaded."""
        return self.unused

    def sources(self) -> list[Source]:
        """The pipeline's folder, or its one file and the folder that says how it is built; and what adapters need.

        Raises:
            InputError: a folder is not there.
        """
        if not self.in_one_file:
            return [self._folder(self.weights, weights=True), *lora_sources(self.lora)]
        default = str(self.__dataclass_fields__["weights"].default)
        config = self._folder(self.config or default, weights=False)
        return [TensorFile(self.weights), config, *lora_sources(self.lora)]

    def _folder(self, text: str, weights: bool) -> HubFolder:
        if "/" not in text and not isdir(text):  # ids of the hub have an owner
            raise not_found("folder", text)
        needs = partial(self.needs, weights=weights)
        return HubFolder.named(text, INDEX, patterns(self.left_out, weights), needs)

    def needs(self, folder: Path, weights: bool = True) -> Iterator[str]:
        """Names of the files that the pipeline's folder must have, for one that has an index.

        Raises:
            InputError: it holds another model, or one that cannot be sampled as the options ask for.
        """
        yield from pipeline_files(folder, self.pipeline, self.left_out, weights)
        network = read_json(folder / self.family.denoiser / "config.json")
        scheduler = read_json(folder / "scheduler" / "scheduler_config.json")
        try:
            self.family.check_network(network)
            self.family.make_schedule(scheduler, self.sampling(), self.follows)
        except (InputError, ValueError) as error:
            why = " ".join(str(error).split())
            raise InputError(f"{str(folder)!r} cannot be sampled: {why}") from None

    def load(self, device: torch.device) -> LatentModel:
        """The model on `device`."""
        quieten()
        return self.around(self.open(dtype_of(self.precision, device)), device)

    def prepare(self, model: LatentModel) -> None:
        """Bring the autoencoder, now in float32, into its type."""
        super().prepare(model)
        model.decode_in(self.decode_precision)

    def open(self, dtype: torch.dtype) -> Any:  # noqa: ANN401 - each family has a class of its own
        """The pipeline, adapters merged: networks in `dtype`, the autoencoder in float32."""
        import diffusers

        kind, (weights, *others) = getattr(diffusers, self.pipeline), self.sources()
        if self.in_one_file:
            pipeline = open_single_file(kind, weights.find(), others[0].find(), dtype, self.left_out)
        else:
            pipeline = self._open_folder(kind, weights.find(), dtype)
        merge_loras(pipeline, self.lora)
        return pipeline

    def _open_folder(self, kind: Any, folder: Path, dtype: torch.dtype) -> Any:  # noqa: ANN401
        return kind.from_pretrained(
            folder,
            dtype={"default": dtype, "vae": torch.float32},
            variant=HALF if half_precision(folder) else None,
            use_safetensors=True,
            **not_loaded(folder, self.left_out),
        )
