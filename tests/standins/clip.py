"""CLIPs as the hub holds them, with small random weights: the real classes, a real tokenizer, the files' real names."""

import math
from itertools import accumulate
from pathlib import Path

import torch
from transformers import CLIPConfig, CLIPImageProcessorPil, CLIPModel, CLIPTokenizer
from transformers.convert_slow_tokenizer import bytes_to_unicode

WORDS = ("cat", "duck", "white", "black", "red", "crab", "owl", "on", "background", "photo", "the", "an")
IMAGE_SIZE, PATCH_SIZE = 42, 14


def make_tokenizer() -> CLIPTokenizer:
    """CLIP's tokenizer, numbered as CLIP's is: bytes, bytes at the end of a word, merges, start and end."""
    letters = list(bytes_to_unicode().values())
    merges = list(dict.fromkeys(merge for word in WORDS for merge in _merges(word)))
    tokens = [*letters, *(f"{letter}</w>" for letter in letters), *map("".join, merges)]
    tokens += ["<|startoftext|>", "<|endoftext|>"]
    return CLIPTokenizer({token: i for i, token in enumerate(tokens)}, merges, model_max_length=77)


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


def _merges(word: str) -> list[tuple[str, str]]:
    """From left to right, letter by letter: c a, ca t</w>."""
    *starts, _ = accumulate(word)
    ends = [*word[1:-1], f"{word[-1]}</w>"]
    return list(zip(starts, ends, strict=True))


def _liven(model: torch.nn.Module) -> None:
    """Weights of the size that training leaves: at the initial ones every image gets nearly the same score."""
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim > 1:
                parameter.normal_(std=parameter[0].numel() ** -0.5)
            elif parameter.ndim == 1:
                parameter.add_(0.1 * torch.randn_like(parameter))
