"""Tokenizers of CLIP and T5 with vocabularies of a few words, for stand-ins that need no download."""

from itertools import accumulate

from transformers import CLIPTokenizer, T5Tokenizer
from transformers.convert_slow_tokenizer import bytes_to_unicode

WORDS = ("cat", "duck", "white", "black", "red", "crab", "owl", "on", "background", "photo", "the", "an")
EVERY_LETTER = [(letter, -1.0) for letter in "▁abcdefghijklmnopqrstuvwxyz"]
BETAS = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
"""The noise schedule of Stable Diffusion, as diffusers' schedulers take it."""


def make_tokenizer() -> CLIPTokenizer:
    """CLIP's tokenizer, numbered as CLIP's is: bytes, bytes at the end of a word, merges, start and end."""
    letters = list(bytes_to_unicode().values())
    merges = list(dict.fromkeys(merge for word in WORDS for merge in _merges(word)))
    tokens = [*letters, *(f"{letter}</w>" for letter in letters), *map("".join, merges)]
    tokens += ["<|startoftext|>", "<|endoftext|>"]
    return CLIPTokenizer({token: i for i, token in enumerate(tokens)}, merges, model_max_length=77)


def make_t5_tokenizer() -> T5Tokenizer:
    """T5's tokenizer with a vocabulary of letters."""
    return T5Tokenizer([("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), *EVERY_LETTER], extra_ids=0)


def _merges(word: str) -> list[tuple[str, str]]:
    """From left to right, letter by letter: c a, ca t</w>."""
    *starts, _ = accumulate(word)
    ends = [*word[1:-1], f"{word[-1]}</w>"]
    return list(zip(starts, ends, strict=True))
