"""Files of networks and tokenizers in the hub's layout: which there must be, whether they are whole, what they hold."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open

from bench.errors import InputError

HALF = "fp16"
"""What the hub calls the variant of a checkpoint in half precision."""


def read_json(path: Path) -> dict[str, Any]:
    """The mapping in a JSON file.

    Raises:
        InputError: there is something else in it.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise InputError(f"{path} holds no JSON mapping; download it again")
    return found


def variant_of(folder: Path, stem: str) -> str | None:
    """The variant of the weights called `stem` in a folder: None in full precision, or where there are none at all."""
    if _whole_or_index(folder, stem, None) or not _whole_or_index(folder, stem, HALF):
        return None
    return HALF


def weight_files(folder: Path, stem: str) -> Iterator[str]:
    """Names of the files that hold a network's weights: one, or an index and the shards in it; they may be missing."""
    variant = variant_of(folder, stem)
    name = _whole_or_index(folder, stem, variant) or f"{stem}.safetensors"
    yield name
    if name.endswith(".json"):
        yield from sorted(set(read_json(folder / name).get("weight_map", {}).values()))


def tokenizer_files(folder: Path) -> tuple[str, ...]:
    """Names of the files that a tokenizer in a folder needs; they may be missing."""
    single = [name for name in ("tokenizer.json", "spiece.model") if (folder / name).is_file()]
    return tuple(single[:1]) or ("vocab.json", "merges.txt")


def read_tensors(path: Path) -> dict[str, Any]:
    """The mapping that torch saved in a file, on the CPU; of anything but tensors and plain values nothing is built.

    Raises:
        InputError: there is something else in it.
    """
    import torch

    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a file of other bytes makes torch raise almost anything
        raise InputError(f"{path} is no whole checkpoint of tensors alone ({type(error).__name__})") from error
    if not isinstance(found, dict):
        raise InputError(f"{path} holds a {type(found).__name__}, not tensors by name")
    return found


def check_whole(path: Path) -> None:
    """Refuse a file that broke off, or that only points to one, as Git LFS leaves it; its name says what it should be.

    Raises:
        InputError: names the file.
    """
    if path.suffix == ".json":
        read_json(path)
    elif path.suffix == ".safetensors":
        try:
            safe_open(path, framework="pt")  # reads what should be where, and compares it with the file's size
        except (SafetensorError, OSError) as error:
            raise InputError(f"{path} is no whole file of safetensors ({error}); download it again") from None


def _whole_or_index(folder: Path, stem: str, variant: str | None) -> str:
    """Which of the two ways there are to name weights is there; empty if neither."""
    middle = f".{variant}" if variant else ""
    names = (f"{stem}.safetensors.index{middle}.json", f"{stem}{middle}.safetensors")
    return next((name for name in names if (folder / name).is_file()), "")
