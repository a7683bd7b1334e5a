"""CLIPScore against torchmetrics' own, on the embedded CLIP's real weights."""

import json
import warnings
from pathlib import Path

import pytest
import torch
from torchmetrics.functional.multimodal import clip_score
from transformers import CLIPModel, CLIPProcessor

from bench.errors import InputError
from bench.registry import METRICS
from bench.scoring.clip import clip_folder as folder_of
from bench.scoring.clip import load_towers
from bench.scoring.emoji_clip import alignment
from bench.scoring.image_features import clip_features
from bench.scoring.pixels import as_bytes
from bench.scoring.preprocess import normalised, shortest_side_cropped
from bench.weights.source import Missing

PROMPTS = ["white duck", "a red crab on a white background", "black cat", "blue whale"]
IMAGES = torch.rand(4, 3, 32, 32, generator=torch.Generator().manual_seed(1)) * 1.2 - 0.1


def score(clip, samples=IMAGES, prompts=PROMPTS):
    return METRICS.get("torchmetrics-clip-score").create({"clip": clip})(samples, prompts, torch.zeros(len(samples), 1))


class TensorClip(CLIPModel):
    """torchmetrics 1.9 wants tensors where transformers 5 gives outputs with several."""

    def get_image_features(self, *inputs):
        return super().get_image_features(*inputs).pooler_output

    def get_text_features(self, *inputs):
        return super().get_text_features(*inputs).pooler_output


@torch.no_grad()
def theirs(clip, image, text):
    """What torchmetrics itself says."""
    parts = TensorClip.from_pretrained(clip, dtype=torch.float32).eval(), CLIPProcessor.from_pretrained(clip)
    return clip_score(as_bytes(image[None])[0], text, lambda: parts)


def test_is_torchmetrics_own_score(clip_folder):
    expected = [theirs(clip_folder, image, text).item() for image, text in zip(IMAGES, PROMPTS, strict=True)]
    assert score(clip_folder)["torchmetrics-clip-score"].tolist() == pytest.approx(expected, abs=1e-3)


def test_is_a_hundred_times_the_cosine_and_never_negative(clip_folder):
    cosine = alignment(as_bytes(IMAGES) / 255, PROMPTS)
    found = score(clip_folder)["torchmetrics-clip-score"]
    assert torch.allclose(found, (100 * cosine).clamp_min(0), atol=1e-3)
    texts = ["white duck"] * 4
    opposite = alignment(as_bytes(IMAGES) / 255, texts)
    assert torch.allclose(
        score(clip_folder, IMAGES, texts)["torchmetrics-clip-score"], (100 * opposite).clamp_min(0), atol=1e-3
    )
    assert min(cosine.min(), opposite.min()) < 0 < max(cosine.max(), opposite.max())


def test_long_prompts_that_differ_in_what_is_read_score_differently(clip_folder):
    """torchmetrics cuts the end token off with the rest, and all such prompts alike are embedded by their start."""
    texts = ["a red crab on a white background " * 5, "a black cat on a blue background " * 5]
    with warnings.catch_warnings(action="ignore"):
        lost = [theirs(clip_folder, IMAGES[0], text) for text in texts]
    with pytest.warns(UserWarning, match="37 tokens cut to 10, all that CLIP reads: 'a ") as caught:
        found = score(clip_folder, IMAGES[:1].repeat(2, 1, 1, 1), texts)["torchmetrics-clip-score"]
    assert len(caught) == 2
    assert lost[0] == lost[1]
    assert abs(found[0] - found[1]) > 1


def test_an_absent_clip_is_missing_and_a_folder_without_one_is_refused(tmp_path):
    with pytest.raises(Missing, match="'nobody/no-clip' is not on"):
        score("nobody/no-clip")
    with pytest.raises(InputError, match=r"has no model\.safetensors"):
        score(str(tmp_path))


def test_images_of_any_shape_are_resized_and_cropped_as_the_rewards_do(clip_folder):
    """Pillow's way against the differentiable one of `bench.scoring`; they differ by Pillow's rounding to bytes."""
    images = as_bytes(torch.rand(3, 3, 48, 72, generator=torch.Generator().manual_seed(0)))
    pixels = normalised(shortest_side_cropped(images / 255, 32), [0.5] * 3, [0.5] * 3)
    expected = load_towers(folder_of(clip_folder), torch.device("cpu")).get_image_features(pixels).pooler_output
    assert torch.allclose(clip_features(images, clip_folder), expected, atol=0.02 * expected.abs().max().item())


def test_the_files_that_are_fetched_are_enough_to_load_from(clip_folder, tmp_path):
    patterns = folder_of(clip_folder).patterns
    for pattern in patterns:
        for path in Path(clip_folder).glob(pattern):
            (tmp_path / path.name).write_bytes(path.read_bytes())
    assert json.loads((tmp_path / "config.json").read_text())["model_type"] == "clip"
    expected = score(clip_folder)["torchmetrics-clip-score"]
    assert torch.equal(score(str(tmp_path))["torchmetrics-clip-score"], expected)
