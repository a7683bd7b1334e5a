"""LAION's aesthetic predictor (https://laion.ai/blog/laion-aesthetics/): a head on CLIP's embedding of the image."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import linear

from bench.errors import InputError
from bench.registry import TensorReward, option, register_reward
from bench.scoring.clip import OPENAI_VIT_L, clip_folder, load_clip
from bench.weights.checkpoint import read_tensors
from bench.weights.source import Source
from bench.weights.web import WebFile, web_or_path

_FILE = "sac+logos+ava1-l14-linearMSE.pth"
_REPOSITORY = "https://github.com/christophschuhmann/improved-aesthetic-predictor"
_HEAD = WebFile(
    f"{_REPOSITORY}/raw/6934dd81792f086e613a121dbce43082cb8be85e/{_FILE}",
    size=3714759,
    sha256="21dd590f3ccdc646f0d53120778b296013b096a035a2718c9cb0d511bff0f1e0",
)
# The indices between are dropout, inert when scoring; there are no activations.
_WIDTHS = {"layers.0": (1024, 768), "layers.2": (128, 1024), "layers.4": (64, 128), "layers.6": (16, 64)}
_SHAPES = {**_WIDTHS, "layers.7": (1, 16)}


@register_reward(
    "aesthetic",
    differentiable=True,
    range=(1, 10),
    paper=_REPOSITORY,
    licence="Apache-2.0; CLIP: MIT",
    weights=f"{_FILE} from the authors' repository; hub: openai/clip-vit-large-patch14",
)
@dataclass(frozen=True)
class Aesthetic(TensorReward):
    """How people would rate an image's look from 1 to 10, whatever the prompt: five linear layers on CLIP ViT-L/14.

    The head of DDPO, AlignProp and DAS, sac+logos+ava1-l14-linearMSE; LAION's other heads are not comparable.
    """

    clip: str = option(
        OPENAI_VIT_L, source="the CLIP that the head was trained on; a hub id, or a folder in its layout"
    )
    head: str = option(_FILE, source="DDPO, AlignProp and DAS; or the path of yours")

    def sources(self) -> list[Source]:
        """The CLIP and the head."""
        return [clip_folder(self.clip), web_or_path(self.head, _HEAD)]

    def told(self, prompts: Sequence[str], device: torch.device) -> tuple[Tensor, ...]:
        """Nothing: the prompt is not asked for."""
        return ()

    def score(self, samples: Tensor, *told: Tensor) -> Tensor:
        """Scores `(n,)` of images `(n, 3, H, W)`, clamped; shortest side resized, centre cropped."""
        folder = clip_folder(self.clip)
        features = load_clip(folder, folder, samples.device).image_features(samples)
        for weight, bias in _load_head(web_or_path(self.head, _HEAD).find(), samples.device):
            features = linear(features, weight, bias)
        return features.squeeze(-1)


@cache
def _load_head(path: Path, device: torch.device) -> list[tuple[Tensor, Tensor]]:
    """Weights and biases of the layers, in float32."""
    state = read_tensors(path)
    for name, shape in _SHAPES.items():
        if tuple(getattr(state.get(f"{name}.weight"), "shape", ())) != shape:
            raise InputError(f"{path} is not the head {_FILE}: its {name}.weight should be {shape}")
    parts = ((state[f"{name}.weight"], state[f"{name}.bias"]) for name in _SHAPES)
    return [(weight.float().to(device), bias.float().to(device)) for weight, bias in parts]
