"""ImageReward as the hub holds it, with small random weights: the authors' names of tensors and files."""

import json
import math
import re
from pathlib import Path

import torch
from torch import Tensor
from transformers import BertTokenizer

WORDS = "[PAD] [UNK] [CLS] [SEP] [MASK] a an the on cat duck owl crab white black red blue cafe back ##ground ##s , . !"
# Two blocks a tower and few channels; width of a head, image and patch are those of BLIP's ViT-L.
IMAGE_SIZE, PATCH_SIZE, BLOCKS = 224, 16, 2
VISION_WIDTH, TEXT_WIDTH, TEXT_INNER = 128, 64, 128
VISION, TEXT = "blip.visual_encoder", "blip.text_encoder"
MED_CONFIG = {
    "architectures": ["BertModel"],
    "attention_probs_dropout_prob": 0.1,
    "hidden_act": "gelu",
    "hidden_dropout_prob": 0.1,
    "hidden_size": TEXT_WIDTH,
    "initializer_range": 0.02,
    "intermediate_size": TEXT_INNER,
    "layer_norm_eps": 1e-12,
    "max_position_embeddings": 64,
    "model_type": "bert",
    "num_attention_heads": 4,
    "num_hidden_layers": BLOCKS,
    "pad_token_id": 0,
    "type_vocab_size": 2,
    "vocab_size": len(WORDS.split()) + 2,  # BLIP adds [DEC] and [ENC]
    "encoder_width": 768,  # as in the authors' file, whose code puts the vision tower's width in its place
    "add_cross_attention": True,
}
HEAD = {"0": (1024, TEXT_WIDTH), "2": (128, 1024), "4": (64, 128), "6": (16, 64), "7": (1, 16)}


def write_bert_tokenizer(folder: Path) -> Path:
    """The files of `google-bert/bert-base-uncased` that make its tokenizer, with a few words."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.txt").write_text("\n".join(WORDS.split()) + "\n", encoding="utf-8")
    BertTokenizer.from_pretrained(folder).save_pretrained(folder)
    (folder / "tokenizer_config.json").write_text('{"do_lower_case": true, "model_max_length": 512}', encoding="utf-8")
    return folder


def write_image_reward(folder: Path, seed: int = 0) -> Path:
    """The files of `THUDM/ImageReward`: `ImageReward.pt` and `med_config.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    generator = torch.Generator().manual_seed(seed)
    state = {name: _random(name, shape, generator) for name, shape in _shapes().items()}
    state["blip.text_encoder.embeddings.position_ids"] = torch.arange(MED_CONFIG["max_position_embeddings"])[None]
    torch.save(state, folder / "ImageReward.pt")
    (folder / "med_config.json").write_text(json.dumps(MED_CONFIG, indent=2), encoding="utf-8")
    return folder


def _shapes() -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {
        f"{VISION}.cls_token": (1, 1, VISION_WIDTH),
        f"{VISION}.pos_embed": (1, (IMAGE_SIZE // PATCH_SIZE) ** 2 + 1, VISION_WIDTH),
        f"{VISION}.patch_embed.proj.weight": (VISION_WIDTH, 3, PATCH_SIZE, PATCH_SIZE),
        f"{VISION}.patch_embed.proj.bias": (VISION_WIDTH,),
        **_norm(f"{VISION}.norm", VISION_WIDTH),
        f"{TEXT}.embeddings.word_embeddings.weight": (MED_CONFIG["vocab_size"], TEXT_WIDTH),
        f"{TEXT}.embeddings.position_embeddings.weight": (MED_CONFIG["max_position_embeddings"], TEXT_WIDTH),
        **_norm(f"{TEXT}.embeddings.LayerNorm", TEXT_WIDTH),
        **_linear("blip.vision_proj", VISION_WIDTH, 256),
        **_linear("blip.text_proj", TEXT_WIDTH, 256),
    }
    for index in range(BLOCKS):
        shapes |= _vision_block(f"{VISION}.blocks.{index}") | _text_block(f"{TEXT}.encoder.layer.{index}")
    for index, (out, inputs) in HEAD.items():
        shapes |= _linear(f"mlp.layers.{index}", inputs, out)
    return shapes


def _vision_block(block: str) -> dict[str, tuple[int, ...]]:
    return {
        **_norm(f"{block}.norm1", VISION_WIDTH),
        **_linear(f"{block}.attn.qkv", VISION_WIDTH, 3 * VISION_WIDTH),
        **_linear(f"{block}.attn.proj", VISION_WIDTH, VISION_WIDTH),
        **_norm(f"{block}.norm2", VISION_WIDTH),
        **_linear(f"{block}.mlp.fc1", VISION_WIDTH, 4 * VISION_WIDTH),
        **_linear(f"{block}.mlp.fc2", 4 * VISION_WIDTH, VISION_WIDTH),
    }


def _text_block(block: str) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {}
    for attention, inputs in {"attention": TEXT_WIDTH, "crossattention": VISION_WIDTH}.items():
        shapes |= _linear(f"{block}.{attention}.self.query", TEXT_WIDTH, TEXT_WIDTH)
        shapes |= _linear(f"{block}.{attention}.self.key", inputs, TEXT_WIDTH)
        shapes |= _linear(f"{block}.{attention}.self.value", inputs, TEXT_WIDTH)
        shapes |= _linear(f"{block}.{attention}.output.dense", TEXT_WIDTH, TEXT_WIDTH)
        shapes |= _norm(f"{block}.{attention}.output.LayerNorm", TEXT_WIDTH)
    shapes |= _linear(f"{block}.intermediate.dense", TEXT_WIDTH, TEXT_INNER)
    shapes |= _linear(f"{block}.output.dense", TEXT_INNER, TEXT_WIDTH)
    return shapes | _norm(f"{block}.output.LayerNorm", TEXT_WIDTH)


def _linear(name: str, inputs: int, out: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (out, inputs), f"{name}.bias": (out,)}


def _norm(name: str, width: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (width,), f"{name}.bias": (width,)}


def _random(name: str, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """Of the size that training leaves: at the initial ones every image gets nearly the same score."""
    noise = torch.randn(shape, generator=generator)
    # What the vision tower adds up is small, so that the epsilon of its norms is felt.
    loudness = 0.02 if name.startswith(VISION) and re.search(r"cls_token|embed|attn\.proj|fc2", name) else 1.0
    if name.endswith("patch_embed.proj.weight"):
        # Smooth, as trained filters are: to white ones the rounding of pixels is as loud as the picture.
        smooth = noise[..., ::4, ::4].repeat_interleave(4, -1).repeat_interleave(4, -2)
        return loudness * smooth / (4 * shape[-1])
    if len(shape) > 1 and "embed" not in name and "token" not in name:
        return loudness * noise * math.prod(shape[1:]) ** -0.5
    is_scale = "norm" in name.lower() and name.endswith("weight")
    return loudness * 0.3 * noise + float(is_scale)
