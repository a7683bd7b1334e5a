"""What all models from the hub share: where the weights lie, the types they run in, how they fit into memory."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from os.path import isfile
from pathlib import Path
from typing import Any, ClassVar, Literal

import torch

from bench.errors import InputError
from bench.models.decoding import DecodePrecision
from bench.models.latent import LatentModel
from bench.models.pipeline_folder import INDEX, PATTERNS, half_precision, pipeline_files
from bench.models.precision import Precision, dtype_of
from bench.models.quiet import quieten
from bench.models.replay import REPLAY_SOURCE, Wanted
from bench.models.sampling_options import check_sampling
from bench.registry import option
from bench.weights.checkpoint import HALF, read_json
from bench.weights.hub import HubFolder
from bench.weights.source import Source

SAMPLING = ("steps", "guidance", "eta")
MOST_PIXELS = 4096  # a side; no model here is trained for more than half of it
MOST_SAMPLES = 65536


@dataclass(frozen=True, kw_only=True)
class HubModel:
    """A diffusers pipeline from the hub's cache or from a folder.

    Raises:
        InputError: an option makes no sense; says which and what is allowed.
    """

    family: ClassVar[type[LatentModel]]
    pipeline: ClassVar[str]
    """The class of diffusers by its name: to check options and files need not wait for diffusers."""
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
    decode_precision: DecodePrecision = option(
        "auto", source="ours: on a GPU the fastest type whose images differ by less than 1/255; fp32 on a CPU"
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
        if not 16 <= self.size <= MOST_PIXELS or self.size % 16:
            raise InputError(f"size must be a multiple of 16 in 16..{MOST_PIXELS}, got {self.size}")
        if isfile(self.weights):
            raise InputError(
                f"{self.weights!r} is a single file; needed is a folder, which diffusers makes of it: "
                f"{self.pipeline}.from_single_file(FILE).save_pretrained(FOLDER)"
            )

    def sampling(self) -> dict[str, float]:
        """The sampling options that the family has."""
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name in SAMPLING}

    @property
    def most_steps(self) -> int:
        """How many steps it can be asked for."""
        return self.family.most_steps

    def check_prompt(self, prompt: str) -> None:
        """Any prompt will do."""

    def sources(self) -> list[Source]:
        """The pipeline's folder."""
        return [HubFolder.named(self.weights, INDEX, PATTERNS, self.needs)]

    def needs(self, folder: Path) -> Iterator[str]:
        """Names of the files that the pipeline's folder must have, for one that has an index.

        Raises:
            InputError: it holds another model, or one that cannot be sampled as the options ask for.
        """
        yield from pipeline_files(folder, self.pipeline, self.unused)
        scheduler = read_json(folder / "scheduler" / "scheduler_config.json")
        try:
            self.family.make_schedule(scheduler, self.sampling())
        except (InputError, ValueError) as error:
            why = " ".join(str(error).split())
            raise InputError(f"{str(folder)!r} cannot be sampled: {why}") from None

    def load(self, device: torch.device) -> LatentModel:
        """The model on `device`."""
        quieten()
        return self.around(self.open(dtype_of(self.precision, device)), device)

    def around(self, pipeline: Any, device: torch.device) -> LatentModel:  # noqa: ANN401
        """The model that a pipeline makes, its autoencoder in float32, under these options on `device`."""
        model = self.family(pipeline, device, self.sampling(), self.size)
        model.decode_in(self.decode_precision)
        model.use_replay(self.replay)
        model.fit_into_memory(self.recompute, self.chunk)
        return model

    def open(self, dtype: torch.dtype) -> Any:  # noqa: ANN401 - each family has a class of its own
        """The pipeline: networks in `dtype`, the autoencoder in float32."""
        import diffusers

        folder = self.sources()[0].find()
        types = {"default": dtype, "vae": torch.float32}
        variant = HALF if half_precision(folder) else None
        return getattr(diffusers, self.pipeline).from_pretrained(
            folder, dtype=types, variant=variant, use_safetensors=True, **dict.fromkeys(self.unused)
        )
