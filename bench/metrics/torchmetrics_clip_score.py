"""Agreement of image and prompt as the field reports it: torchmetrics' CLIPScore."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from bench.registry import option, register_metric
from bench.scoring.clip import OPENAI_VIT_L, clip_folder
from bench.scoring.clip_model import load_clip
from bench.scoring.pixels import as_bytes
from bench.weights.source import Source


@register_metric("torchmetrics-clip-score", higher_is_better=True, paper="https://arxiv.org/abs/2104.08718")
@dataclass(frozen=True)
class TorchmetricsClipScore:
    """100 times the cosine of the CLIP embeddings of image and prompt, at least 0, by torchmetrics."""

    clip: str = option(OPENAI_VIT_L, source="torchmetrics' default too; a hub id or a folder")

    def sources(self) -> list[Source]:
        """The CLIP."""
        return [clip_folder(self.clip)]

    def __call__(self, samples: Tensor, prompts: Sequence[str], noise: Tensor | None) -> dict[str, Tensor]:
        """One column in [0, 100] for images `(n, 3, H, W)`, judged as 8-bit images, as they are stored.

        Raises:
            Missing: the CLIP is not on this machine.
            ValueError: the samples are no images.
        """
        # Here, because it takes a second that a run without it need not wait for.
        from torchmetrics.functional.multimodal import clip_score

        images = as_bytes(samples)

        def model() -> tuple[Any, Any]:
            return load_clip(self.clip, images.device)

        scores = [clip_score(image, text, model) for image, text in zip(images, prompts, strict=True)]
        return {"torchmetrics-clip-score": torch.stack(scores)}
