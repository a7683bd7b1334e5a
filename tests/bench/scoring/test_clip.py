"""A CLIP from a folder in the hub's layout: what transformers computes, kept and cut."""

import shutil
import warnings

import pytest
import torch
from transformers import AutoTokenizer, CLIPModel

from bench.errors import InputError
from bench.scoring.clip import (
    Clip,
    as_transformers,
    clip_folder,
    load_clip,
    load_tokenizer,
    tokenizer_folder,
    towers_folder,
)
from bench.scoring.preprocess import longest_side_padded
from bench.testing.tokenizers import make_t5_tokenizer
from tests.support.standins.clip import IMAGE_SIZE, write_clip

CPU = torch.device("cpu")
LONG = "a white duck and a black cat on the red background " * 12


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_clip(tmp_path_factory.mktemp("clip"))


@pytest.fixture
def clip(folder):
    """With nothing cached."""
    return Clip(CLIPModel.from_pretrained(folder), load_tokenizer(tokenizer_folder(str(folder))))


@pytest.fixture
def images():
    return torch.rand(3, 3, IMAGE_SIZE, IMAGE_SIZE, generator=torch.Generator().manual_seed(0))


def test_embeddings_are_unit_vectors_of_transformers(folder, clip, images):
    """Of prompts of several lengths, which transformers pads."""
    prompts = ["cat", "a red crab on the background", ""]
    tokens = AutoTokenizer.from_pretrained(folder)(prompts, padding=True, return_tensors="pt")
    mean, std = ((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711))
    pixels = (images - torch.tensor(mean).view(3, 1, 1)) / torch.tensor(std).view(3, 1, 1)
    output = CLIPModel.from_pretrained(folder)(pixel_values=pixels, **tokens)
    torch.testing.assert_close(clip.image_features(images), output.image_embeds, rtol=0, atol=1e-6)
    torch.testing.assert_close(clip.text_features(prompts), output.text_embeds.detach(), rtol=0, atol=1e-6)
    cosines = (output.image_embeds * output.text_embeds).sum(-1)
    torch.testing.assert_close(clip.similarity(images, prompts), cosines, rtol=0, atol=1e-6)


@pytest.mark.parametrize("fit", [as_transformers, longest_side_padded])
def test_images_are_clamped_before_they_are_resized(clip, images, fit):
    wide = torch.nn.functional.pad(images, (20, 20), value=1.4) * 1.5 - 0.2
    torch.testing.assert_close(clip.image_features(wide, fit), clip.image_features(wide.clamp(0, 1), fit))


def test_only_images_have_a_gradient(clip, images):
    images.requires_grad_()
    clip.similarity(images, ["cat", "owl", "cat"]).sum().backward()
    assert images.grad.abs().mean(dim=(1, 2, 3)).min() > 1e-6
    assert not clip.text_features(["cat"]).requires_grad


def test_a_prompt_is_embedded_once(clip, monkeypatch):
    first = clip.text_features(["cat", "owl", "cat"])
    assert torch.equal(first[0], first[2])
    monkeypatch.setattr(clip, "_encode", None)
    assert torch.equal(clip.text_features(["owl", "cat"]), first[1:])


def test_a_long_prompt_is_cut_before_its_end_token_with_one_warning(folder, clip):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    tokens = tokenizer([LONG], truncation=True, max_length=77, return_tensors="pt")
    expected = CLIPModel.from_pretrained(folder).get_text_features(**tokens).pooler_output
    with pytest.warns(UserWarning, match=r"158 tokens cut to 77, all that CLIP reads: 'a white duck") as caught:
        found = clip.text_features([LONG, LONG])
    assert len(caught) == 1
    torch.testing.assert_close(found[:1], torch.nn.functional.normalize(expected), rtol=0, atol=1e-6)
    with warnings.catch_warnings(action="error"):
        clip.text_features([LONG])


def test_a_folder_is_loaded_once(folder):
    source = clip_folder(str(folder))
    clip = load_clip(source, source, CPU)
    assert load_clip(clip_folder(str(folder)), source, CPU) is clip
    assert clip.scale == pytest.approx(100, rel=1e-5)


def test_what_is_no_clip_is_refused(folder, tmp_path):
    model = CLIPModel.from_pretrained(folder)
    kept = {name: value for name, value in model.state_dict().items() if not name.startswith("visual_projection")}
    model.save_pretrained(tmp_path, state_dict=kept)
    with pytest.raises(InputError, match=r"is no CLIP: it has no weights 'visual_projection\.weight'"):
        load_clip(towers_folder(str(tmp_path)), tokenizer_folder(str(folder)), CPU)


def spoilt(folder, tmp_path, **files):
    """A copy of the CLIP with files of other content; None: without."""
    other = shutil.copytree(folder, tmp_path / "spoilt")
    for name, content in files.items():
        path = other / name.replace("_", ".")
        path.unlink() if content is None else path.write_text(content)
    return str(other)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"config_json": '{"model_type": "blip"}'}, "holds a model of type 'blip', not a CLIP"),
        ({"config_json": None}, r"has no config\.json in"),
        ({"config_json": "hello"}, "holds no JSON mapping"),
        ({"tokenizer_json": None}, r"has no vocab\.json in"),
        ({"tokenizer_json": "hello"}, "holds no JSON mapping"),
        ({"model_safetensors": "version https://git-lfs"}, "is no whole file of safetensors"),
    ],
)
def test_a_folder_that_is_not_whole_is_said_before_anything_is_loaded(folder, tmp_path, files, message):
    with pytest.raises(InputError, match=message) as refused:
        clip_folder(spoilt(folder, tmp_path, **files)).find()
    assert "\n" not in str(refused.value)


def test_the_tokenizer_may_lie_elsewhere(folder, tmp_path):
    alone = towers_folder(spoilt(folder, tmp_path, tokenizer_json=None))
    load_clip(alone, tokenizer_folder(str(folder)), CPU)


def test_the_tokenizer_of_another_model_is_refused(folder, tmp_path):
    """It would be taken without a word, and all scores be wrong."""
    make_t5_tokenizer().save_pretrained(tmp_path)
    with pytest.raises(InputError, match=rf"the tokenizer of '{tmp_path}' has 30 words, the CLIP knows \d+"):
        load_clip(clip_folder(str(folder)), tokenizer_folder(str(tmp_path)), CPU)


def test_a_folder_without_weights_is_refused(folder, tmp_path):
    load_tokenizer(tokenizer_folder(str(folder))).save_pretrained(tmp_path)
    with pytest.raises(InputError, match=r"has no model\.safetensors"):
        clip_folder(str(tmp_path)).find()
