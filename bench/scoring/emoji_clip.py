"""Agreement of image and caption by the embedded CLIP, differentiable in the image."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import cosine_similarity
from transformers import AutoTokenizer, CLIPModel, PreTrainedTokenizerBase

FOLDER = Path(__file__).parents[1] / "models" / "emoji"


@cache
def load(device: torch.device) -> tuple[CLIPModel, PreTrainedTokenizerBase]:
    """The trained CLIP and its tokenizer."""
    clip = CLIPModel.from_pretrained(FOLDER / "clip", dtype=torch.float32)
    return clip.to(device).eval().requires_grad_(False), AutoTokenizer.from_pretrained(FOLDER / "weights" / "tokenizer")


def alignment(images: Tensor, captions: Sequence[str]) -> Tensor:
    """Cosine similarity of images `(n, 3, 32, 32)`, nominally in [0, 1] and clamped, and their captions: `(n,)`."""
    clip, tokenizer = load(images.device)
    tokens = tokenizer(list(captions), padding="max_length", truncation=True, return_tensors="pt").input_ids
    output = clip(input_ids=tokens.to(images.device), pixel_values=images.clamp(0, 1) * 2 - 1)
    return cosine_similarity(output.image_embeds, output.text_embeds)
