"""The aesthetic reward against transformers' own processor on Pillow images and the head as its authors' module."""

from pathlib import Path

import pytest
import torch
from transformers import CLIPModel, CLIPProcessor

from bench.errors import InputError
from bench.weights.source import Missing
from tests.support.standins.rewards import make_head

TOLERANCE = 1e-3 * 9
"""Pillow rounds to 8 bits when it resizes; a thousandth of the scale from 1 to 10."""

FIELD = Path(__file__).parents[3] / "shared" / "weights" / "sac+logos+ava1-l14-linearMSE.pth"


@torch.no_grad()
def independent(clip, head, image):
    module = make_head()
    module.load_state_dict(torch.load(head, map_location="cpu", weights_only=True), strict=True)
    pixels = CLIPProcessor.from_pretrained(clip)(images=image, return_tensors="pt").pixel_values
    features = CLIPModel.from_pretrained(clip)(pixel_values=pixels, input_ids=torch.tensor([[1, 2]])).image_embeds
    return module["layers"](features / features.norm(dim=-1, keepdim=True)).item()


@pytest.mark.parametrize("head", ["random", "the field's"])
def test_scores_are_those_of_the_authors_module(head, reward, options, pictures):
    path = options["aesthetic"]["head"] if head == "random" else str(FIELD)
    if not Path(path).exists():
        pytest.skip("the field's own head is not beside this checkout; the random one was tested")
    scorer = reward("aesthetic", head=path)
    found = [scorer(tensor, [prompt]).item() for prompt, _, tensor in pictures]
    expected = [independent(options["aesthetic"]["clip"], path, image) for _, image, _ in pictures]
    assert found == pytest.approx(expected, abs=TOLERANCE)
    assert max(expected) - min(expected) > 10 * TOLERANCE


def test_the_prompt_does_not_matter(reward, pictures):
    scorer, (_, _, tensor) = reward("aesthetic"), pictures[0]
    assert scorer(tensor, ["cat"]) == scorer(tensor, ["dog"])


def test_another_file_is_not_taken_for_the_head(reward, tmp_path, pictures):
    torch.save({"weight": torch.zeros(1, 768)}, tmp_path / "linear.pth")
    with pytest.raises(InputError, match=r"is not the head sac\+logos.*layers\.0\.weight should be \(1024, 768\)"):
        reward("aesthetic", head=str(tmp_path / "linear.pth"))(pictures[0][2], ["cat"])


def test_the_authors_head_is_the_default(reward, tmp_path, monkeypatch):
    monkeypatch.setenv("DNO_BENCH_CACHE", str(tmp_path))
    source = reward("aesthetic", head="sac+logos+ava1-l14-linearMSE.pth").sources()[1]
    with pytest.raises(Missing, match=r"'sac\+logos\+ava1-l14-linearMSE\.pth' is not on this machine"):
        source.find()
    if FIELD.exists():
        assert source.size == FIELD.stat().st_size
