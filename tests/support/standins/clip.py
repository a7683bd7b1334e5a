"""CLIPs as the hub holds them, with small random weights: the real classes, a real tokenizer, the files' real names."""

import math
from pathlib import Path
from typing import Any

import torch
from transformers import CLIPConfig, CLIPImageProcessorPil, CLIPModel

from bench.testing.tokenizers import make_tokenizer

IMAGE_SIZE, PATCH_SIZE = 42, 14
VISION_WIDTH, TEXT_WIDTH, PROJECTION = 160, 128, 32


def write_clip(folder: Path, seed: int = 0, *, projection: int = 32, activation: str = "quick_gelu") -> Path:
    """A CLIP with a square image of 42 pixels in patches of 14, as ViT-L/14 has 224.

    Args:
        folder: where it is written.
        seed: of the weights.
        projection: width of the common space, 768 in ViT-L/14.
        activation: "quick_gelu" in OpenAI's CLIP, "gelu" in LAION's.
    """
    tokenizer = make_tokenizer()
    tower = {"hidden_size": 64, "intermediate_size": 256, "num_hidden_layers": 2, "hidden_act": activation}
    # End and start are numbered as in the hub's own files, where 2 means "the largest number is the end".
    text = {**tower, "num_attention_heads": 1, "vocab_size": len(tokenizer), "eos_token_id": 2, "bos_token_id": 0}
    vision = {**tower, "num_attention_heads": 2, "image_size": IMAGE_SIZE, "patch_size": PATCH_SIZE}
    sizes = {"text_config": text, "vision_config": vision, "projection_dim": projection}
    sizes["logit_scale_init_value"] = math.log(100)  # where training ends
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = CLIPModel(CLIPConfig(**sizes))
        _liven(model)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    crop = {"height": IMAGE_SIZE, "width": IMAGE_SIZE}
    CLIPImageProcessorPil(size={"shortest_edge": IMAGE_SIZE}, crop_size=crop).save_pretrained(folder)
    return folder


def write_open_clip(path: Path, seed: int = 0) -> Path:
    """A checkpoint such as HPSv2's, in the names of open_clip's ViT-H-14: its sizes shrunk, its heads as wide."""
    places = (IMAGE_SIZE // PATCH_SIZE) ** 2 + 1
    shapes = {
        "positional_embedding": (77, TEXT_WIDTH),
        "text_projection": (TEXT_WIDTH, PROJECTION),
        "logit_scale": (),
        "visual.class_embedding": (VISION_WIDTH,),
        "visual.positional_embedding": (places, VISION_WIDTH),
        "visual.proj": (VISION_WIDTH, PROJECTION),
        "visual.conv1.weight": (VISION_WIDTH, 3, PATCH_SIZE, PATCH_SIZE),
        **_norm("visual.ln_pre", VISION_WIDTH),
        **_blocks("visual.transformer", VISION_WIDTH),
        **_norm("visual.ln_post", VISION_WIDTH),
        **_blocks("transformer", TEXT_WIDTH),
        "token_embedding.weight": (len(make_tokenizer()), TEXT_WIDTH),
        **_norm("ln_final", TEXT_WIDTH),
    }
    generator = torch.Generator().manual_seed(seed)
    state = {name: _random(name, shape, generator) for name, shape in shapes.items()}
    torch.save({"state_dict": state, "epoch": 0}, path)
    return path


def open_clip_config() -> dict[str, Any]:
    """How open_clip describes the architecture of `write_open_clip`."""
    vision = {"image_size": IMAGE_SIZE, "layers": 2, "width": VISION_WIDTH, "head_width": 80, "patch_size": PATCH_SIZE}
    text = {"context_length": 77, "vocab_size": len(make_tokenizer()), "width": TEXT_WIDTH, "heads": 2, "layers": 2}
    return {"embed_dim": PROJECTION, "vision_cfg": vision, "text_cfg": text}


def _norm(name: str, width: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (width,), f"{name}.bias": (width,)}


def _blocks(tower: str, width: int) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {}
    for block in (f"{tower}.resblocks.{i}" for i in range(2)):
        shapes |= {f"{block}.attn.in_proj_weight": (3 * width, width), f"{block}.attn.in_proj_bias": (3 * width,)}
        for part, sizes in {"attn.out_proj": (width, width), "mlp.c_fc": (4 * width, width)}.items():
            shapes |= {f"{block}.{part}.weight": sizes, f"{block}.{part}.bias": sizes[:1]}
        shapes |= {f"{block}.mlp.c_proj.weight": (width, 4 * width), f"{block}.mlp.c_proj.bias": (width,)}
        shapes |= _norm(f"{block}.ln_1", width) | _norm(f"{block}.ln_2", width)
    return shapes


def _random(name: str, shape: tuple[int, ...], generator: torch.Generator) -> torch.Tensor:
    """Of the size that training leaves."""
    noise = torch.randn(shape, generator=generator)
    if len(shape) > 1:
        inputs = shape[0] if name.endswith("proj") else math.prod(shape[1:])
        return noise * inputs**-0.5
    return 0.1 * noise + (1.0 if ".ln_" in name and name.endswith("weight") else 0.0)


def _liven(model: CLIPModel) -> None:
    """Weights of the size that training leaves: at the initial ones every image gets nearly the same score."""
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim > 1:
                parameter.normal_(std=parameter[0].numel() ** -0.5)
            elif parameter.ndim == 1:
                parameter.add_(0.1 * torch.randn_like(parameter))
        # Images and texts share a direction, so that cosines are positive as those of a trained CLIP are.
        for norm, projection in (
            (model.vision_model.post_layernorm, model.visual_projection),
            (model.text_model.final_layer_norm, model.text_projection),
        ):
            norm.bias.fill_(1)
            projection.weight.add_(1 / projection.in_features)
