"""ImageReward (Xu et al. 2023, https://arxiv.org/abs/2304.05977), differentiable: a head on BLIP."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor
from torch.nn.functional import linear

from bench.errors import InputError
from bench.registry import TensorReward, option, register_reward
from bench.scoring.blip import Blip
from bench.weights.checkpoint import read_json, read_tensors
from bench.weights.hub import HubFolder
from bench.weights.source import Source

_FILE, _CONFIG = "ImageReward.pt", "med_config.json"
# The numbers between are dropout, inert when scoring; there are no activations. 768-1024-128-64-16-1.
_LAYERS = ("mlp.layers.0", "mlp.layers.2", "mlp.layers.4", "mlp.layers.6", "mlp.layers.7")
# What scores are standardised by, and how many tokens of a prompt are read: image-reward 1.5, ImageReward.py.
_MEAN, _STD = 0.16717362830052426, 1.0333394966054072
_TOKENS = 35


@register_reward(
    "imagereward",
    differentiable=True,
    range=(-2.5, 2.5),
    paper="https://arxiv.org/abs/2304.05977",
    weights=f"hub: THUDM/ImageReward, {_FILE} and {_CONFIG}; hub: google-bert/bert-base-uncased, the tokenizer",
)
@dataclass(frozen=True)
class ImageReward(TensorReward):
    """How well people would like the image for its prompt: ImageReward-v1.0, standardised as its package does."""

    weights: str = option(
        "THUDM/ImageReward@5736be03b2652728fb87788c9797b0570450ab72",
        source="the authors' own; a hub id, or a folder with ImageReward.pt and med_config.json",
    )
    tokenizer: str = option(
        "google-bert/bert-base-uncased@86b5e0934494bd15c9632b12f734a8a67f723594",
        source="official code; a hub id, or a folder with vocab.txt",
    )

    def sources(self) -> list[Source]:
        """The checkpoint with its configuration, and the tokenizer, which they lack."""
        return [self._checkpoint, self._vocabulary]

    @property
    def _checkpoint(self) -> HubFolder:
        return HubFolder.named(self.weights, marker=_FILE, patterns=(_FILE, _CONFIG), needs=lambda _: [_CONFIG])

    @property
    def _vocabulary(self) -> HubFolder:
        return HubFolder.named(self.tokenizer, marker="vocab.txt", patterns=("vocab.txt", "tokenizer*.json"))

    def told(self, prompts: Sequence[str], device: torch.device) -> tuple[Tensor, ...]:
        """The prompts' tokens `(n, length)` and their mask `(n, 1, 1, length)`."""
        blip, _ = self._parts(device)
        return blip.tokenised(prompts)

    def score(self, samples: Tensor, *told: Tensor) -> Tensor:
        """Scores `(n,)` of images `(n, 3, H, W)`, clamped; shortest side resized, centre cropped."""
        (blip, head), (tokens, mask) = self._parts(samples.device), told
        features = blip.features(samples, tokens, mask)
        for weight, bias in head:
            features = linear(features, weight, bias)
        return (features.squeeze(-1) - _MEAN) / _STD

    def _parts(self, device: torch.device) -> "tuple[Blip, Head]":
        return _load(self._checkpoint, self._vocabulary, device)


Head = list[tuple[Tensor, Tensor]]


@cache
def _load(checkpoint: HubFolder, vocabulary: HubFolder, device: torch.device) -> tuple[Blip, Head]:
    """BLIP, and weights and biases of the head; once a process."""
    from transformers import BertTokenizer

    folder, tokenizer = checkpoint.find(), BertTokenizer.from_pretrained(vocabulary.find())
    try:
        state, options = read_tensors(folder / _FILE), read_json(folder / _CONFIG)
        tensors = {name.removeprefix("blip."): tensor for name, tensor in state.items()}
        head = [(state[f"{layer}.weight"], state[f"{layer}.bias"]) for layer in _LAYERS]
        blip = Blip(tensors, options, tokenizer, device, _TOKENS)
    except (AttributeError, KeyError, RuntimeError, ValueError) as error:
        reason = str(error).strip().split("\n")[0]
        raise InputError(f"{checkpoint.name!r} is no checkpoint of ImageReward: {reason}") from error
    return blip, [(weight.float().to(device), bias.float().to(device)) for weight, bias in head]
