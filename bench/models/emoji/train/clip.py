"""The CLIP: its text tower is the frozen prompt encoder, both towers are the alignment reward."""

from pathlib import Path
from random import Random

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from torch import Tensor
from transformers import CLIPConfig, CLIPModel, PreTrainedTokenizerFast

from bench.models.emoji.captions import captions
from bench.models.emoji.scenes import render, sample
from bench.models.emoji.train.augment import augmented
from bench.models.emoji.train.loop import fit
from bench.models.emoji.vocabulary import COLORS, NOUNS
from bench.problem.seeding import stream

BATCH, LEARNING_RATE = 96, 1e-3
START, END = "<|startoftext|>", "<|endoftext|>"
WORDS = [START, END, "a", "an", "on", "background", *COLORS, *NOUNS]
MAX_TOKENS = 10


def make() -> CLIPModel:
    """An untrained CLIP: text 2 layers of 64, vision 4 layers of 96 on 4x4 patches."""
    text = {
        "vocab_size": len(WORDS), "hidden_size": 64, "intermediate_size": 256, "num_hidden_layers": 2,
        "num_attention_heads": 4, "max_position_embeddings": MAX_TOKENS,
        "bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 1,
    }  # fmt: skip
    vision = {
        "hidden_size": 96, "intermediate_size": 384, "num_hidden_layers": 4, "num_attention_heads": 4,
        "image_size": 32, "patch_size": 4,
    }  # fmt: skip
    shared = {"projection_dim": 64}
    return CLIPModel(CLIPConfig(text_config=text | shared, vision_config=vision | shared, **shared))


def make_tokenizer() -> PreTrainedTokenizerFast:
    """A tokenizer of whole words, padded to 10 tokens by the end token as CLIP's is."""
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(WORDS)}, unk_token=END))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{START} $A {END}", special_tokens=[(START, 0), (END, 1)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, model_max_length=MAX_TOKENS,
        bos_token=START, eos_token=END, pad_token=END, unk_token=END,
    )  # fmt: skip


def train(work: Path, steps: int, seed: int, device: torch.device) -> None:
    """Train into `work/clip`; equal captions in a batch are all right answers."""
    torch.manual_seed(seed)
    clip, tokenizer = make().to(device), make_tokenizer()

    def loss_at(step: int) -> Tensor:
        scenes = sample(BATCH, stream("clip", seed, step))
        texts = captions(scenes, Random(f"clip {seed} {step}"))
        images = augmented(render(scenes), stream("augment", seed, step)).to(device)
        tokens = tokenizer(texts, padding="max_length", return_tensors="pt").input_ids.to(device)
        logits = clip(input_ids=tokens, pixel_values=images * 2 - 1).logits_per_image
        same = (tokens[:, None] == tokens[None]).all(2).float()
        right = same / same.sum(1, keepdim=True)
        by_image, by_text = logits.log_softmax(1), logits.T.log_softmax(1)
        loss: Tensor = -((right * by_image).sum(1).mean() + (right * by_text).sum(1).mean()) / 2
        return loss

    fit(clip, loss_at, steps, LEARNING_RATE, work / "clip.pt")
    clip.save_pretrained(work / "clip")
    tokenizer.save_pretrained(work / "tokenizer")
