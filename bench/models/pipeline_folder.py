"""What a folder with a diffusers pipeline must hold: the right pipeline, and every file of its parts."""

from collections.abc import Collection, Iterator
from pathlib import Path

from bench.errors import InputError
from bench.registry import MODELS
from bench.weights.checkpoint import HALF, read_json, tokenizer_files, variant_of, weight_files

INDEX = "model_index.json"
NETWORKS = ("text_encoder", "text_encoder_2", "text_encoder_3", "unet", "transformer", "vae")
TOKENIZERS = ("tokenizer", "tokenizer_2", "tokenizer_3")
_STEMS = ("model", "diffusion_pytorch_model")


def patterns(left_out: Collection[str], weights: bool) -> tuple[str, ...]:
    """Which files of a repository a pipeline is loaded from (fnmatch): full precision, whole or in parts.

    Args:
        left_out: parts that are not loaded.
        weights: whether they hold the weights; else only what says how the pipeline is built.
    """
    tensors = [f"{stem}{rest}.safetensors" for stem in _STEMS for rest in ("", "-*")] if weights else []
    networks = [part for part in NETWORKS if part not in left_out]
    tokenizers = [part for part in TOKENIZERS if part not in left_out]
    return (
        INDEX,
        "scheduler/*.json",
        *(f"{part}/*" for part in tokenizers),
        *(f"{part}/{name}" for part in networks for name in ("*.json", *tensors)),
    )


def pipeline_files(folder: Path, pipeline: str, left_out: Collection[str], weights: bool) -> Iterator[str]:
    """Names of the files that a pipeline is loaded from; they may be missing.

    Args:
        folder: has the pipeline's index.
        pipeline: the class of diffusers that is needed.
        left_out: parts that are not loaded.
        weights: as for `patterns`.

    Raises:
        InputError: it holds another pipeline; says which models load that.
    """
    index = read_json(folder / INDEX)
    if index.get("_class_name") != pipeline:
        raise InputError(f"{str(folder)!r} holds a {index.get('_class_name')}, not a {pipeline}{_loaded_by(index)}")
    for part, library in _parts(index):
        if part not in left_out:
            yield from (f"{part}/{name}" for name in _part_files(folder / part, part, library, weights))


def half_precision(folder: Path) -> bool:
    """Whether some network of a pipeline is there in half precision only."""
    parts = [(part, library) for part, library in _parts(read_json(folder / INDEX)) if part in NETWORKS]
    return any(variant_of(folder / part, _stem(library)) == HALF for part, library in parts)


def not_loaded(folder: Path, left_out: Collection[str]) -> dict[str, None]:
    """What tells diffusers to load neither some parts of a pipeline nor those that it was saved without."""
    absent = [part for part, value in read_json(folder / INDEX).items() if value == [None, None]]
    return dict.fromkeys([*left_out, *absent])


def _parts(index: dict[str, object]) -> Iterator[tuple[str, str]]:
    """Name and library of each part of a pipeline; what it does without has no library."""
    for part, value in index.items():
        if isinstance(value, list) and value and value[0]:
            yield part, str(value[0])


def _part_files(folder: Path, part: str, library: str, weights: bool) -> Iterator[str]:
    if part == "scheduler":
        yield "scheduler_config.json"
    elif part in TOKENIZERS:
        yield from tokenizer_files(folder)
    elif part in NETWORKS:
        yield "config.json"
        if weights:
            yield from weight_files(folder, _stem(library))


def _stem(library: str) -> str:
    return "model" if library == "transformers" else "diffusion_pytorch_model"


def _loaded_by(index: dict[str, object]) -> str:
    """The models that would load the pipeline that is there instead, as the end of a sentence."""
    kinds = {name: getattr(MODELS.get(name).factory, "pipeline", None) for name in MODELS.names()}
    names = [name for name, kind in kinds.items() if kind and kind == index.get("_class_name")]
    return f"; models that load it: {', '.join(names)}" if names else ", and no model here loads it"
