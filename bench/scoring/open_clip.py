"""Checkpoints of open_clip's ViT-H-14 (https://github.com/mlfoundations/open_clip) as transformers' CLIPModel."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from bench.errors import InputError
from bench.scoring.clip import Clip, load_tokenizer
from bench.weights.checkpoint import read_tensors
from bench.weights.hub import HubFile, HubFolder

if TYPE_CHECKING:
    from transformers import CLIPConfig, CLIPModel

# The widths of an attention head in open_clip's ViT-H-14; no tensor's shape tells them.
_VISION_HEAD, _TEXT_HEAD = 80, 64

_NAMES = {
    r"visual\.class_embedding": "vision_model.embeddings.class_embedding",
    r"visual\.conv1\.": "vision_model.embeddings.patch_embedding.",
    r"visual\.positional_embedding": "vision_model.embeddings.position_embedding.weight",
    r"visual\.ln_pre\.": "vision_model.pre_layrnorm.",
    r"visual\.ln_post\.": "vision_model.post_layernorm.",
    r"visual\.proj": "visual_projection.weight",
    r"visual\.transformer\.resblocks\.": "vision_model.encoder.layers.",
    r"token_embedding\.": "text_model.embeddings.token_embedding.",
    r"positional_embedding": "text_model.embeddings.position_embedding.weight",
    r"ln_final\.": "text_model.final_layer_norm.",
    r"text_projection": "text_projection.weight",
    r"transformer\.resblocks\.": "text_model.encoder.layers.",
}
_PARTS = {".ln_": ".layer_norm", ".attn.": ".self_attn.", ".mlp.c_fc.": ".mlp.fc1.", ".mlp.c_proj.": ".mlp.fc2."}


@cache
def load_open_clip(checkpoint: HubFile, tokenizer: HubFolder, device: torch.device) -> Clip:
    """The CLIP on `device`, loaded once a process.

    Args:
        checkpoint: a file with open_clip's tensors under `state_dict`, of a ViT-H-14 of any width and depth.
        tokenizer: of OpenAI's CLIP, which open_clip shares.
        device: where it is to run.

    Raises:
        Missing: checkpoint or tokenizer is not on this machine.
        InputError: the file holds something else.
    """
    state = read_tensors(checkpoint.find())
    try:
        model = build(converted(state["state_dict"]))
    except (AttributeError, KeyError, TypeError) as error:
        raise InputError(
            f"{checkpoint.name!r} is no checkpoint of open_clip's ViT-H-14: no or too much {error}"
        ) from None
    return Clip(model.to(device), load_tokenizer(tokenizer))


def converted(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors of open_clip's CLIP under transformers' names, in float32."""
    return {name: value.float() for key, tensor in state.items() for name, value in _converted(key, tensor)}


def _converted(key: str, tensor: Tensor) -> Iterator[tuple[str, Tensor]]:
    name = key
    for pattern, replacement in _NAMES.items():
        name = re.sub(f"^{pattern}", replacement, name)
    for part, replacement in _PARTS.items():
        name = name.replace(part, replacement)
    if ".in_proj_" in name:
        for letter, third in zip("qkv", tensor.chunk(3), strict=True):
            yield name.replace(".in_proj_", f".{letter}_proj."), third
    else:
        yield name, tensor.T if name in {"visual_projection.weight", "text_projection.weight"} else tensor


def build(tensors: dict[str, Tensor]) -> "CLIPModel":
    """A CLIP of these weights, its sizes read off them.

    Raises:
        KeyError: the name of a tensor that is missing, or one too many.
    """
    from transformers import CLIPModel

    model, report = CLIPModel.from_pretrained(
        None, config=sizes(tensors), state_dict=tensors, dtype=torch.float32, output_loading_info=True
    )
    for name in sorted(report["missing_keys"] | report["unexpected_keys"]):
        raise KeyError(name)
    return model


def sizes(tensors: Mapping[str, Tensor]) -> "CLIPConfig":
    """The architecture that these tensors belong to, under transformers' names.

    Raises:
        KeyError: the name of a tensor that is missing.
    """
    from transformers import CLIPConfig

    patches = tensors["vision_model.embeddings.patch_embedding.weight"]
    places = tensors["vision_model.embeddings.position_embedding.weight"]
    vision = _tower(tensors, "vision_model", _VISION_HEAD)
    vision |= {"patch_size": patches.shape[-1], "image_size": patches.shape[-1] * round((len(places) - 1) ** 0.5)}
    text = _tower(tensors, "text_model", _TEXT_HEAD)
    text["vocab_size"] = len(tensors["text_model.embeddings.token_embedding.weight"])
    text["max_position_embeddings"] = len(tensors["text_model.embeddings.position_embedding.weight"])
    text |= {"bos_token_id": text["vocab_size"] - 2, "eos_token_id": text["vocab_size"] - 1}
    return CLIPConfig(text_config=text, vision_config=vision, projection_dim=len(tensors["text_projection.weight"]))


def _tower(tensors: Mapping[str, Tensor], tower: str, head: int) -> dict[str, Any]:
    inner, width = tensors[f"{tower}.encoder.layers.0.mlp.fc1.weight"].shape
    layers = sum(name.startswith(tower) and name.endswith("mlp.fc1.weight") for name in tensors)
    return {
        "hidden_size": width,
        "intermediate_size": inner,
        "num_hidden_layers": layers,
        "num_attention_heads": width // head,
        "hidden_act": "gelu",
    }
