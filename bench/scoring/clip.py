"""CLIP (Radford et al. 2021, https://arxiv.org/abs/2103.00020): what rewards embed images and prompts with."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn.functional import normalize

from bench.errors import InputError
from bench.scoring.preprocess import CLIP_MEAN, CLIP_STD, normalised, shortest_side_cropped
from bench.weights.checkpoint import read_json, tokenizer_files
from bench.weights.hub import HubFolder

if TYPE_CHECKING:
    from transformers import CLIPModel, PreTrainedTokenizerBase

OPENAI_VIT_L = "openai/clip-vit-large-patch14@32bd64288804d66eefd0ccbe215aa642df71cc41"
LAION_VIT_H = "laion/CLIP-ViT-H-14-laion2B-s32B-b79K@1c2b8495b28150b8a4922ee1c8edee224c284c0c"

_WEIGHTS = "model.safetensors"

Fit = Callable[[Tensor, int], Tensor]
"""Makes images `(n, 3, H, W)` squares of a given size."""

as_transformers: Fit = partial(shortest_side_cropped, corner=int)
"""The shortest side resized, the centre cropped, as transformers' `CLIPImageProcessor` does."""


class Clip:
    """A frozen CLIP with its tokenizer.

    Args:
        model: in float32, on the device where it is to run.
        tokenizer: of the prompts.
        mean: of the channels, on [0, 1]: what the model's images are shifted by.
        std: what they are then divided by.

    Attributes:
        scale: what training multiplied cosines by, a scalar on the model's device.

    Raises:
        InputError: the tokenizer is another model's.
    """

    def __init__(
        self,
        model: "CLIPModel",
        tokenizer: "PreTrainedTokenizerBase",
        mean: Sequence[float] = CLIP_MEAN,
        std: Sequence[float] = CLIP_STD,
    ) -> None:
        if len(tokenizer) != (words := model.config.text_config.vocab_size):
            name = tokenizer.name_or_path
            raise InputError(f"the tokenizer of {name!r} has {len(tokenizer)} words, the CLIP knows {words}")
        self.scale: Tensor = model.logit_scale.detach().exp()
        self._model = model.eval().requires_grad_(False)
        self._tokenizer, self._mean, self._std = tokenizer, mean, std
        self._texts: dict[str, Tensor] = {}

    def similarity(self, images: Tensor, prompts: Sequence[str], fit: Fit = as_transformers) -> Tensor:
        """Cosines `(n,)` between images `(n, 3, H, W)` and their prompts (see `image_features`, `text_features`)."""
        return cosines(self.image_features(images, fit), self.text_features(prompts))

    def image_features(self, images: Tensor, fit: Fit = as_transformers) -> Tensor:
        """Unit vectors `(n, d)`, differentiable in the images.

        Args:
            images: `(n, 3, H, W)`, nominally in [0, 1] and clamped.
            fit: how they are made squares.
        """
        squares = fit(images.clamp(0, 1), self._model.config.vision_config.image_size)
        pixels = normalised(squares, self._mean, self._std)
        return normalize(self._model.get_image_features(pixels).pooler_output, dim=-1)

    def text_features(self, prompts: Sequence[str]) -> Tensor:
        """Unit vectors `(n, d)`, computed once a prompt; what of a prompt is too long is cut off with a warning."""
        for prompt in dict.fromkeys(prompts):
            if prompt not in self._texts:
                self._texts[prompt] = self._encode(prompt)
        return torch.stack([self._texts[prompt] for prompt in prompts])

    @torch.no_grad()
    def _encode(self, prompt: str) -> Tensor:
        tokens = torch.tensor([self._tokens(prompt)], device=self._model.device)
        features: Tensor = self._model.get_text_features(tokens).pooler_output[0]
        return normalize(features, dim=-1)

    def _tokens(self, prompt: str) -> list[int]:
        """Between start and end; no padding, which the causal text tower would not see."""
        tokens: list[int] = self._tokenizer(prompt, verbose=False).input_ids
        limit = self._model.config.text_config.max_position_embeddings
        if len(tokens) > limit:
            start = shorten(prompt, 80, placeholder=" ...")
            warnings.warn(f"{len(tokens)} tokens cut to {limit}, all that CLIP reads: {start!r}", stacklevel=5)
            tokens = [*tokens[: limit - 1], tokens[-1]]
        return tokens


def cosines(images: Tensor, texts: Tensor) -> Tensor:
    """Cosines `(n,)` of unit vectors `(n, d)` and `(n, d)`."""
    return (images * texts).sum(-1)


def clip_folder(repo: str) -> HubFolder:
    """A CLIP with its tokenizer: a hub id, or a folder with the same files."""
    return HubFolder.named(repo, _WEIGHTS, ("*.json", "*.txt", _WEIGHTS), _with_tokenizer)


def towers_folder(repo: str) -> HubFolder:
    """A CLIP, its tokenizer elsewhere: a hub id, or a folder with the same files."""
    return HubFolder.named(repo, _WEIGHTS, ("*.json", "*.txt", _WEIGHTS), _towers)


def tokenizer_folder(repo: str) -> HubFolder:
    """A tokenizer without the model beside it: a hub id, or a folder with the same files."""
    return HubFolder.named(repo, "tokenizer_config.json", ("*.json", "*.txt"), tokenizer_files)


def _towers(folder: Path) -> Iterator[str]:
    """What a CLIP needs beside its weights.

    Raises:
        InputError: the folder holds another kind of model.
    """
    yield "config.json"
    kind = read_json(folder / "config.json").get("model_type")
    if kind != "clip":
        raise InputError(f"{str(folder)!r} holds a model of type {kind!r}, not a CLIP")


def _with_tokenizer(folder: Path) -> Iterator[str]:
    yield from _towers(folder)
    yield from tokenizer_files(folder)


@cache
def load_clip(model: HubFolder, tokenizer: HubFolder, device: torch.device) -> Clip:
    """The CLIP on `device`, loaded once a process.

    Raises:
        Missing: model or tokenizer is not on this machine.
        InputError: the folder holds another model.
    """
    return Clip(load_towers(model, device), load_tokenizer(tokenizer))


@cache
def load_towers(folder: HubFolder, device: torch.device) -> "CLIPModel":
    """The two towers in float32 on `device`, frozen, loaded once a process.

    Raises:
        Missing: they are not on this machine.
        InputError: the folder holds another model.
    """
    from transformers import CLIPModel

    clip, report = CLIPModel.from_pretrained(folder.find(), dtype=torch.float32, output_loading_info=True)
    if report["missing_keys"]:
        raise InputError(f"{folder.name!r} is no CLIP: it has no weights {min(report['missing_keys'])!r}")
    return clip.to(device).eval().requires_grad_(False)


def load_tokenizer(folder: HubFolder) -> "PreTrainedTokenizerBase":
    """The tokenizer in a folder.

    Raises:
        Missing: it is not on this machine.
        InputError: the folder holds none.
    """
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(folder.find())
    except (OSError, ValueError) as error:
        raise InputError(f"{folder.name!r} holds no tokenizer ({type(error).__name__})") from error
