"""The package hpsv2 (https://github.com/tgxs002/HPSv2), imported past what keeps it from running as it is installed."""

import json
import sys
import warnings
from functools import cache
from importlib import import_module
from importlib.machinery import PathFinder
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

import torch

from bench.errors import InputError
from bench.scoring.clip import load_tokenizer
from bench.weights.hub import HubFolder

FOLDER = Path(sys.prefix) / "hpsv2"
"""Where `./reproduce.sh setup` installs it, away from all other packages (see requirements-hpsv2.lock)."""
_OPERATORS = torch.library.Library("torchvision", "FRAGMENT")


def require_hpsv2() -> None:
    """Make sure that the package is installed; it is not looked into, nor `FOLDER` put on the path of all imports.

    Raises:
        InputError: it is not; with the command that does it.
    """
    if find_spec("hpsv2") is None and PathFinder.find_spec("hpsv2", [str(FOLDER)]) is None:
        command = f"pip install --no-deps --target {FOLDER} hpsv2==1.2.0 clint args torchvision"
        raise InputError(f"the package hpsv2 is not installed: `./reproduce.sh setup` or `{command}` does it")


@cache
def load_hpsv2(tokenizer: HubFolder) -> ModuleType:
    """The module `hpsv2.img_score`, its network built but without weights: its `score` reads them at every call.

    Args:
        tokenizer: of OpenAI's CLIP; its vocabulary is what hpsv2's wheel lacks.

    Raises:
        InputError: the package is not installed, or cannot be imported.
    """
    require_hpsv2()
    if find_spec("hpsv2") is None:
        sys.path.append(str(FOLDER))
    try:
        _import_torchvision()  # at once: transformers would import it as it is, and break
        return _import(_vocabulary(tokenizer))
    except (ImportError, OSError, RuntimeError) as error:
        raise InputError(f"the package hpsv2 cannot be imported: {error}") from error


def official_scores(package: ModuleType, images: list[Any], prompt: str, checkpoint: Path) -> list[float]:
    """The package's scores of PIL images for one prompt.

    Raises:
        InputError: it cannot; the checkpoint holds something else, as a rule.
    """
    with warnings.catch_warnings(action="ignore"):
        if not package.model_dict:
            # As the package does but for LAION's weights, which it would download only to overwrite them.
            model, _, process = package.create_model_and_transforms(
                "ViT-H-14", precision="amp", device=package.device, light_augmentation=True, output_dict=True
            )
            package.model_dict.update(model=model, preprocess_val=process)
        try:
            return [float(score) for score in package.score(images, prompt, cp=str(checkpoint))]
        except Exception as error:  # it checks nothing itself
            why = str(error).strip().split("\n")[0] or type(error).__name__
            raise InputError(f"the package hpsv2 cannot score by {checkpoint}: {why}") from error


def _import(vocabulary: bytes) -> ModuleType:
    """The module; while it is imported it reads a file that its wheel lacks, and turtle graphics for nothing."""
    turtle = ModuleType("turtle")  # the real one needs Tk, which servers do without
    turtle.forward = None  # type: ignore[attr-defined]
    # Importing it silences every UserWarning of the process.
    with warnings.catch_warnings(), patch("gzip.open", lambda path: BytesIO(vocabulary)):
        sys.modules["turtle"] = turtle
        try:
            return import_module("hpsv2.img_score")
        finally:
            del sys.modules["turtle"]


def _import_torchvision() -> None:
    """Where its compiled part does not fit torch, it only lacks two operators, neither of which hpsv2 needs."""
    try:
        import_module("torchvision")
    except RuntimeError:
        for operator in ("nms", "qnms"):
            _OPERATORS.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        import_module("torchvision")


def _vocabulary(tokenizer: HubFolder) -> bytes:
    """The merges of a CLIP's tokenizer, as OpenAI's file has them."""
    merges = json.loads(load_tokenizer(tokenizer).backend_tokenizer.to_str())["model"].get("merges")
    if merges is None:
        raise InputError(f"{tokenizer.name!r} holds a tokenizer that is not CLIP's")
    return "\n".join(["#version: 0.2", *map(" ".join, merges)]).encode()
