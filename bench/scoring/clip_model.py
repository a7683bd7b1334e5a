"""A CLIP of the hub, or of a folder, for metrics: OpenAI's preprocessing through Pillow, embeddings as tensors."""

from functools import cache

import torch
from torch import Tensor, nn
from transformers import CLIPImageProcessorPil, CLIPModel, CLIPProcessor

from bench.scoring.clip import clip_folder, load_tokenizer, load_towers

_BATCH = 32


class Clip(nn.Module):
    """The two towers.

    transformers 5 wraps embeddings in an output object, which torchmetrics 1.9 cannot take
    (https://github.com/Lightning-AI/torchmetrics/pull/3408): here they are tensors.
    """

    def __init__(self, towers: CLIPModel) -> None:
        super().__init__()
        self.towers, self.config = towers, towers.config

    def get_image_features(self, pixels: Tensor) -> Tensor:
        """Projected embeddings `(n, d)`, not normalised, of preprocessed images `(n, 3, S, S)`."""
        features: Tensor = self.towers.get_image_features(pixels).pooler_output
        return features

    def get_text_features(self, tokens: Tensor, attention_mask: Tensor) -> Tensor:
        """Projected embeddings `(n, d)`, not normalised, of tokens `(n, length)`."""
        features: Tensor = self.towers.get_text_features(tokens, attention_mask).pooler_output
        return features


@cache
def load_clip(clip: str, device: torch.device) -> tuple[Clip, CLIPProcessor]:
    """The CLIP called `clip`, a hub id or a folder, and its processor.

    Raises:
        Missing: it is not on this machine.
    """
    folder = clip_folder(clip)
    pictures = CLIPImageProcessorPil.from_pretrained(folder.find())
    return Clip(load_towers(folder, device)), CLIPProcessor(pictures, load_tokenizer(folder))


@torch.no_grad()
def image_features(images: Tensor, clip: str) -> Tensor:
    """Projected embeddings `(n, d)`, not normalised, of images, uint8 `(n, 3, H, W)`.

    Raises:
        Missing: the CLIP is not on this machine.
    """
    model, processor = load_clip(clip, images.device)
    features = []
    for batch in images.split(_BATCH):
        pixels = processor(images=list(batch.cpu()), return_tensors="pt")["pixel_values"]
        features.append(model.get_image_features(pixels.to(images.device)))
    return torch.cat(features)
