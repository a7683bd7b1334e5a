"""ImageReward against the scores of its own package, image-reward 1.5, on the same small random weights."""

import json
import warnings

import numpy as np
import pytest
import torch

from bench.errors import InputError
from bench.weights.source import Missing
from rewards.image_reward import ImageReward
from tests.golden.make_imagereward import GOLDEN, PROMPTS, fingerprint, pictures
from tests.support.standins.image_reward import write_bert_tokenizer, write_image_reward

OFFICIAL = json.loads(GOLDEN.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_image_reward(tmp_path_factory.mktemp("image-reward"))


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory):
    return write_bert_tokenizer(tmp_path_factory.mktemp("bert"))


@pytest.fixture(scope="module")
def reward(folder, tokenizer):
    return ImageReward(str(folder), str(tokenizer))


def tensor(picture):
    return torch.from_numpy(np.array(picture)).movedim(-1, 0)[None] / 255


def test_the_weights_are_those_that_the_package_scored(folder):
    assert fingerprint(folder / "ImageReward.pt") == OFFICIAL["weights"]


@pytest.mark.filterwarnings("ignore:.*tokens cut")
@pytest.mark.parametrize("shape", OFFICIAL["scores"])
def test_scores_are_the_packages(reward, shape):
    """There Pillow resizes to 8 bits, here it is done in floating point: less than 1e-3 of the scale of a score, 1."""
    image, expected = tensor(pictures()[shape]), OFFICIAL["scores"][shape]
    found = reward(image.expand(len(PROMPTS), -1, -1, -1), list(PROMPTS.values()))
    tolerance = 1e-5 if shape == "no resizing" else 1e-3
    assert found.tolist() == pytest.approx([expected[kind] for kind in PROMPTS], abs=tolerance)


def test_a_long_prompt_is_cut_with_one_warning(folder, tokenizer):
    images, prompt = torch.rand(2, 3, 32, 32), "a " * 33 + "cat"
    with pytest.warns(UserWarning, match="36 tokens cut to 35"):
        cut = ImageReward(str(folder), str(tokenizer))(images, [prompt] * 2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        again = ImageReward(str(folder), str(tokenizer))(images, [prompt] * 2)
        shorter = ImageReward(str(folder), str(tokenizer))(images, ["a " * 32 + "a"] * 2)
    assert torch.equal(cut, again)
    assert torch.equal(cut, shorter)


def test_missing_weights_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    names = [source.name for source in ImageReward().sources()]
    assert names == ["THUDM/ImageReward", "google-bert/bert-base-uncased"]
    for source in ImageReward().sources():
        with pytest.raises(Missing):
            source.find()


@pytest.mark.parametrize("without", ["mlp.layers.7.bias", "blip.visual_encoder.blocks.1.attn.qkv.weight"])
def test_another_checkpoint_is_refused_by_what_it_lacks(tmp_path, tokenizer, without):
    folder = write_image_reward(tmp_path)
    state = torch.load(folder / "ImageReward.pt", weights_only=True)
    torch.save({name: tensor for name, tensor in state.items() if name != without}, folder / "ImageReward.pt")
    with pytest.raises(InputError, match=r"is no checkpoint of ImageReward: '.+'"):
        ImageReward(str(folder), str(tokenizer))(torch.rand(1, 3, 32, 32), ["cat"])


def test_a_checkpoint_that_would_run_code_is_refused(tmp_path, tokenizer):
    folder = write_image_reward(tmp_path)
    torch.save({"mlp.layers.0.weight": print}, folder / "ImageReward.pt")
    with pytest.raises(InputError, match=r"ImageReward\.pt is no whole checkpoint of tensors alone"):
        ImageReward(str(folder), str(tokenizer))(torch.rand(1, 3, 32, 32), ["cat"])


def test_sizes_that_do_not_fit_the_tensors_are_refused(tmp_path, tokenizer):
    folder = write_image_reward(tmp_path)
    options = json.loads((folder / "med_config.json").read_text())
    (folder / "med_config.json").write_text(json.dumps(options | {"intermediate_size": 96}))
    with pytest.raises(InputError, match="is no checkpoint of ImageReward"):
        ImageReward(str(folder), str(tokenizer))(torch.rand(1, 3, 32, 32), ["cat"])
