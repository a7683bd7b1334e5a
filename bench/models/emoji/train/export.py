"""The committed folders, in half precision: a diffusers pipeline, the CLIP, the classifier."""

from pathlib import Path

import torch
from diffusers import AutoencoderKL, StableDiffusionPipeline, UNet2DConditionModel
from safetensors.torch import load_file, save_file
from transformers import AutoTokenizer, CLIPModel, CLIPTextModel

from bench.models.emoji.paths import FOLDER, WEIGHTS
from bench.models.emoji.train.unet import make_scheduler


def export(work: Path) -> None:
    """Write what the trained parts in `work` make up."""
    clip = CLIPModel.from_pretrained(work / "clip")
    clip.half().save_pretrained(FOLDER / "clip")
    pipeline = StableDiffusionPipeline(
        vae=AutoencoderKL.from_pretrained(work / "decoder"),
        text_encoder=_text_encoder(clip),
        tokenizer=AutoTokenizer.from_pretrained(work / "tokenizer"),
        unet=UNet2DConditionModel.from_pretrained(work / "unet"),
        scheduler=make_scheduler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.to(torch.float16).save_pretrained(WEIGHTS)
    classifier = load_file(work / "classifier" / "model.safetensors")
    (FOLDER / "classifier").mkdir(exist_ok=True)
    halves = {name: value.half() for name, value in classifier.items()}
    save_file(halves, FOLDER / "classifier" / "model.safetensors")


def _text_encoder(clip: CLIPModel) -> CLIPTextModel:
    tower = CLIPTextModel(clip.config.text_config)
    tower.load_state_dict(clip.text_model.state_dict())
    return tower
