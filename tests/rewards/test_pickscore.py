"""PickScore against transformers' own processor and model, used as the authors' readme does."""

import pytest
import torch
from transformers import AutoModel, AutoProcessor

TOLERANCE = 1e-3 * 100
"""Pillow rounds to 8 bits when it resizes; a thousandth of the scale of 100 times a cosine."""


@torch.no_grad()
def independent(folder, image, prompt):
    processor, model = AutoProcessor.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
    limits = {"padding": True, "truncation": True, "max_length": 77}
    inputs = processor(images=image, text=[prompt], return_tensors="pt", **limits)
    output = model(**inputs)
    image_embeds = output.image_embeds / output.image_embeds.norm(dim=-1, keepdim=True)
    text_embeds = output.text_embeds / output.text_embeds.norm(dim=-1, keepdim=True)
    return (model.logit_scale.exp() * (text_embeds @ image_embeds.T)).item()


def test_scores_are_those_of_the_readme(reward, options, pictures):
    folder = options["pickscore"]["clip"]
    found = [reward("pickscore")(tensor, [prompt]).item() for prompt, _, tensor in pictures]
    expected = [independent(folder, image, prompt) for prompt, image, _ in pictures]
    assert found == pytest.approx(expected, abs=TOLERANCE)
    assert max(expected) - min(expected) > 10 * TOLERANCE


def test_a_long_prompt_is_cut_as_in_the_readme(reward, options, pictures, long_prompt):
    _, image, tensor = pictures[0]
    with pytest.warns(UserWarning, match="tokens cut to 77"):
        found = reward("pickscore")(tensor, [long_prompt]).item()
    assert found == pytest.approx(independent(options["pickscore"]["clip"], image, long_prompt), abs=TOLERANCE)
