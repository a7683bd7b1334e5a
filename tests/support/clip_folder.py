"""The embedded CLIP, its real weights, as a folder in the hub's layout."""

import shutil

from transformers import AutoTokenizer, CLIPImageProcessorPil

from bench.models.emoji.paths import FOLDER, WEIGHTS


def write_clip(folder):
    """Write configuration, weights, tokenizer and preprocessing to `folder`; images are scaled to [-1, 1]."""
    shutil.copytree(FOLDER / "clip", folder)
    AutoTokenizer.from_pretrained(WEIGHTS / "tokenizer").save_pretrained(folder)
    half = [0.5] * 3
    CLIPImageProcessorPil(
        size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}, image_mean=half, image_std=half
    ).save_pretrained(folder)
    return str(folder)
