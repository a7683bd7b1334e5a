"""A CLIP of the hub, or of a folder, for metrics: OpenAI's preprocessing through Pillow, embeddings as tensors."""

from functools import cache
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import AutoTokenizer, CLIPImageProcessorPil, CLIPModel, CLIPProcessor

from bench.weights.hub import HubFolder

DEFAULT_CLIP = "openai/clip-vit-large-patch14"
_BATCH = 32


class Clip(nn.Module):
    """The two towers.

    transformers 5 wraps embeddings in an output object, which torchmetrics 1.9 cannot take
    (https://github.com/Lightning-AI/torchmetrics/pull/3408): here they are tensors.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.towers = CLIPModel.from_pretrained(folder, dtype=torch.float32)
        self.config = self.towers.config
        self.eval().requires_grad_(False)

    def get_image_features(self, pixels: Tensor) -> Tensor:
        """Projected embeddings `(n, d)`, not normalised, of preprocessed images `(n, 3, S, S)`."""
        features: Tensor = self.towers.get_image_features(pixels).pooler_output
        return features

    def get_text_features(self, tokens: Tensor, attention_mask: Tensor) -> Tensor:
        """Projected embeddings `(n, d)`, not normalised, of tokens `(n, length)`."""
        features: Tensor = self.towers.get_text_features(tokens, attention_mask).pooler_output
        return features


def clip_source(clip: str) -> HubFolder:
    """Where the CLIP called `clip` comes from: a hub id, or a folder with its files."""
    return HubFolder(clip, "config.json", ("*.json", "merges.txt", "model.safetensors"))


@cache
def load_clip(folder: Path, device: torch.device) -> tuple[Clip, CLIPProcessor]:
    """The CLIP in `folder` and its processor."""
    processor = CLIPProcessor(
        image_processor=CLIPImageProcessorPil.from_pretrained(folder), tokenizer=AutoTokenizer.from_pretrained(folder)
    )
    return Clip(folder).to(device), processor


@torch.no_grad()
def image_features(images: Tensor, clip: str) -> Tensor:
    """Projected embeddings `(n, d)`, not normalised, of images, uint8 `(n, 3, H, W)`.

    Raises:
        Missing: the CLIP is not on this machine.
    """
    model, processor = load_clip(clip_source(clip).find(), images.device)
    features = []
    for batch in images.split(_BATCH):
        pixels = processor(images=list(batch.cpu()), return_tensors="pt")["pixel_values"]
        features.append(model.get_image_features(pixels.to(images.device)))
    return torch.cat(features)
