"""What a folder with a diffusers pipeline must hold: the right pipeline, and every file of its parts."""

from collections.abc import Collection, Iterator
from fnmatch import fnmatch
from pathlib import Path

from bench.errors import InputError
from bench.registry import MODELS
from bench.weights.checkpoint import HALF, read_json, tokenizer_files, variant_of, weight_files

INDEX = "model_index.json"
NETWORKS = ("text_encoder*", "unet", "transformer", "vae")
PATTERNS = (
    INDEX,
    "scheduler/*.json",
    "tokenizer*/*",
    *(
        f"{part}/{name}"
        for part in NETWORKS
        for stem in ("model", "diffusion_pytorch_model")
        for name in ("*.json", f"{stem}.safetensors", f"{stem}-*.safetensors")
    ),
)
"""Safetensors in full precision, whole or in parts, and what it takes to read them."""


def pipeline_files(folder: Path, pipeline: str, unused: Collection[str]) -> Iterator[str]:
    """Names of the files that a pipeline is loaded from; they may be missing.

    Args:
        folder: has the pipeline's index.
        pipeline: the class of diffusers that is needed.
        unused: parts that are not loaded.

    Raises:
        InputError: it holds another pipeline; says which models load that.
    """
    index = read_json(folder / INDEX)
    if index.get("_class_name") != pipeline:
        raise InputError(f"{str(folder)!r} holds a {index.get('_class_name')}, not a {pipeline}{_loaded_by(index)}")
    for part, library in _parts(index):
        if part not in unused:
            yield from (f"{part}/{name}" for name in _part_files(folder / part, part, library))


def half_precision(folder: Path) -> bool:
    """Whether some network of a pipeline is there in half precision only."""
    parts = [(part, library) for part, library in _parts(read_json(folder / INDEX)) if _is_network(part)]
    return any(variant_of(folder / part, _stem(library)) == HALF for part, library in parts)


def _parts(index: dict[str, object]) -> Iterator[tuple[str, str]]:
    """Name and library of each part of a pipeline; what it does without has no library."""
    for part, value in index.items():
        if isinstance(value, list) and value and value[0]:
            yield part, str(value[0])


def _part_files(folder: Path, part: str, library: str) -> Iterator[str]:
    if part == "scheduler":
        yield "scheduler_config.json"
    elif part.startswith("tokenizer"):
        yield from tokenizer_files(folder)
    elif _is_network(part):
        yield "config.json"
        yield from weight_files(folder, _stem(library))


def _is_network(part: str) -> bool:
    return any(fnmatch(part, pattern) for pattern in NETWORKS)


def _stem(library: str) -> str:
    return "model" if library == "transformers" else "diffusion_pytorch_model"


def _loaded_by(index: dict[str, object]) -> str:
    """The models that would load the pipeline that is there instead, as the end of a sentence."""
    kinds = {name: getattr(MODELS.get(name).factory, "pipeline", None) for name in MODELS.names()}
    names = [name for name, kind in kinds.items() if kind and kind == index.get("_class_name")]
    return f"; models that load it: {', '.join(names)}" if names else ", and no model here loads it"
