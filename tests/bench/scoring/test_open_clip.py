"""open_clip's checkpoints in transformers' CLIP, against the open_clip that the package hpsv2 carries."""

import json
from pathlib import Path

import pytest
import torch
from transformers import CLIPModel

from bench.errors import InputError
from bench.scoring.clip import tokenizer_folder
from bench.scoring.hpsv2_package import load_hpsv2
from bench.scoring.open_clip import build, converted, load_open_clip, sizes
from bench.testing.tokenizers import make_tokenizer
from bench.weights.hub import HubFile
from tests.support.standins.clip import IMAGE_SIZE, open_clip_config, write_open_clip

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    path = write_open_clip(tmp_path_factory.mktemp("open_clip") / "checkpoint.pt")
    return torch.load(path, weights_only=True)["state_dict"]


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tokenizer")
    make_tokenizer().save_pretrained(folder)
    return tokenizer_folder(str(folder))


@torch.no_grad()
def test_both_towers_compute_what_open_clips_do(state, tokenizer):
    load_hpsv2(tokenizer)
    from hpsv2.src.open_clip.model import CLIP

    theirs = CLIP(**open_clip_config()).eval()
    theirs.load_state_dict(state, strict=True)
    ours = build(converted(state)).eval()
    generator = torch.Generator().manual_seed(0)
    pixels = torch.randn(2, 3, IMAGE_SIZE, IMAGE_SIZE, generator=generator)
    tokens = torch.randint(0, 549, (2, 77), generator=generator)
    tokens[:, 0], tokens[0, 9], tokens[1, 76] = 549, 550, 550
    images, texts = ours.get_image_features(pixels).pooler_output, ours.get_text_features(tokens).pooler_output
    torch.testing.assert_close(images, theirs.encode_image(pixels), rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(texts, theirs.encode_text(tokens), rtol=1e-5, atol=1e-5)
    assert ours.logit_scale == theirs.logit_scale


def test_the_sizes_of_vit_h_14_are_read_off_its_shapes(tokenizer):
    """Without a number in it: LAION's CLIP-ViT-H-14 in transformers has 1280 and 1024 wide towers with 16 heads."""
    package = load_hpsv2(tokenizer)
    from hpsv2.src.open_clip.model import CLIP

    described = Path(package.__file__).parent / "src" / "open_clip" / "model_configs" / "ViT-H-14.json"
    with torch.device("meta"):
        tensors = converted(CLIP(**json.loads(described.read_text())).state_dict())
        ours = CLIPModel(sizes(tensors))
    shapes = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    assert shapes == {name: tuple(tensor.shape) for name, tensor in ours.state_dict().items()}
    vision, text = ours.config.vision_config, ours.config.text_config
    assert (vision.image_size, vision.hidden_size, vision.num_hidden_layers, vision.num_attention_heads) == (
        224,
        1280,
        32,
        16,
    )
    assert (text.hidden_size, text.num_hidden_layers, text.num_attention_heads) == (1024, 24, 16)
    assert sum(tensor.numel() for tensor in tensors.values()) == 986_109_441


@pytest.mark.parametrize("change", ["missing", "too many", "not a checkpoint"])
def test_another_checkpoint_is_refused(change, state, tokenizer, tmp_path):
    state = dict(state)
    if change == "missing":
        del state["visual.ln_post.bias"]
    elif change == "too many":
        state["visual.attn_pool.query"] = torch.zeros(3)
    torch.save(state if change == "not a checkpoint" else {"state_dict": state}, tmp_path / "other.pt")
    wrong = {"missing": r"vision_model\.post_layernorm\.bias", "too many": r"visual\.attn_pool\.query"}
    with pytest.raises(
        InputError, match=f"is no checkpoint of open_clip's ViT-H-14: .*{wrong.get(change, 'state_dict')}"
    ):
        load_open_clip(HubFile(str(tmp_path / "other.pt"), "other.pt"), tokenizer, CPU)
