"""Agreement of image and prompt as the field reports it: torchmetrics' CLIPScore."""

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import normalize

from bench.registry import option, register_metric
from bench.scoring.clip import OPENAI_VIT_L, clip_folder, load_clip
from bench.scoring.image_features import clip_features
from bench.scoring.pixels import as_bytes
from bench.weights.source import Source


@register_metric("torchmetrics-clip-score", higher_is_better=True, paper="https://arxiv.org/abs/2104.08718")
@dataclass(frozen=True)
class TorchmetricsClipScore:
    """100 times the cosine of the CLIP embeddings of image and prompt, at least 0, as torchmetrics has it.

    But for prompts of more than 77 tokens, which torchmetrics cuts off before their end token, so that all of them
    score alike: here the end token stays, as in OpenAI's code.
    """

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
        seen = normalize(clip_features(as_bytes(samples), self.clip))
        folder = clip_folder(self.clip)
        read = load_clip(folder, folder, samples.device).text_features(prompts)
        return {"torchmetrics-clip-score": 100 * (seen * read).sum(1).relu()}
