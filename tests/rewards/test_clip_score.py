"""CLIPScore against torchmetrics' own metric."""

import warnings

import numpy as np
import pytest
import torch
from torchmetrics.multimodal.clip_score import CLIPScore
from transformers import CLIPModel, CLIPProcessor

TOLERANCE = 1e-3 * 100
"""Pillow rounds to 8 bits when it resizes; a thousandth of the scale from 0 to 100."""


class TensorClip(CLIPModel):
    """torchmetrics 1.9 wants tensors where transformers 5 gives outputs with several."""

    def get_image_features(self, *inputs):
        return super().get_image_features(*inputs).pooler_output

    def get_text_features(self, *inputs):
        return super().get_text_features(*inputs).pooler_output


@pytest.fixture(scope="module")
def independent(options):
    folder = options["clipscore"]["clip"]
    metric = CLIPScore(lambda: (TensorClip.from_pretrained(folder).eval(), CLIPProcessor.from_pretrained(folder)))

    def score(image, prompt):
        metric.reset()
        with torch.no_grad():
            metric.update(torch.from_numpy(np.asarray(image).copy()).movedim(-1, 0), prompt)
        return metric.compute().item()

    return score


def test_scores_are_those_of_torchmetrics(reward, independent, pictures):
    found = [reward("clipscore")(tensor, [prompt]).item() for prompt, _, tensor in pictures]
    expected = [independent(image, prompt) for prompt, image, _ in pictures]
    assert found == pytest.approx(expected, abs=TOLERANCE)
    assert max(expected) - min(expected) > 10 * TOLERANCE


def test_the_score_is_at_least_zero(reward, options, tmp_path, pictures, independent):
    """With the text tower turned round, every cosine is negative."""
    folder = options["clipscore"]["clip"]
    model = CLIPModel.from_pretrained(folder)
    with torch.no_grad():
        model.text_projection.weight.neg_()
    model.save_pretrained(tmp_path)
    CLIPProcessor.from_pretrained(folder).save_pretrained(tmp_path)
    for prompt, _, tensor in pictures:
        assert reward("clipscore", clip=str(tmp_path))(tensor, [prompt]).item() == 0


def test_long_prompts_differ_by_what_is_read_of_them(reward, independent, pictures, long_prompt):
    """Unlike torchmetrics', which loses the end token and with it the prompt."""
    _, image, tensor = pictures[0]
    with pytest.warns(UserWarning, match="tokens cut to 77"):
        ours = reward("clipscore")(torch.cat([tensor, tensor]), [long_prompt, f"cat {long_prompt}"])
    with warnings.catch_warnings(action="ignore"):
        theirs = [independent(image, prompt) for prompt in (long_prompt, f"cat {long_prompt}")]
    assert theirs[0] == theirs[1]
    assert abs(ours[0] - ours[1]) > 0.01
