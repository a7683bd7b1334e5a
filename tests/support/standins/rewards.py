"""Options that make the built-in rewards score with small random weights in the layouts of the real ones."""

from pathlib import Path
from typing import Any

import torch
from torch import nn

from bench.scoring.clip import tokenizer_folder
from bench.scoring.hpsv2_package import load_hpsv2
from tests.support.standins.clip import open_clip_config, write_clip, write_open_clip
from tests.support.standins.image_reward import write_bert_tokenizer, write_image_reward


def reward_options(folder: Path) -> dict[str, dict[str, Any]]:
    """By the reward's name, with all files in `folder`; rewards that need no options are left out."""
    openai = str(write_clip(folder / "clip-vit-large-patch14", projection=768))
    laion = str(write_clip(folder / "CLIP-ViT-H-14", seed=1, activation="gelu"))
    hpsv2 = {"checkpoint": str(write_open_clip(folder / "HPS_v2_compressed.pt")), "tokenizer": laion}
    hpsv21 = {"checkpoint": str(write_open_clip(folder / "HPS_v2.1_compressed.pt", seed=1)), "tokenizer": laion}
    shrink_hpsv2(laion)
    return {
        "aesthetic": {"clip": openai, "head": str(write_head(folder / "head.pth"))},
        "clipscore": {"clip": openai},
        "hpsv2": hpsv2,
        "hpsv2-official": hpsv2,
        "hpsv2.1": hpsv21,
        "hpsv2.1-official": hpsv21,
        "imagereward": {
            "weights": str(write_image_reward(folder / "ImageReward")),
            "tokenizer": str(write_bert_tokenizer(folder / "bert-base-uncased")),
        },
        "pickscore": {"clip": laion, "tokenizer": laion},
        "sum": {"of": {"brightness": 0.5, "contrast": {"weight": -2}}},
    }


def shrink_hpsv2(tokenizer: str) -> None:
    """Let the package hpsv2 build its network in the sizes of `write_open_clip`."""
    load_hpsv2(tokenizer_folder(tokenizer))
    from hpsv2.src.open_clip import factory

    factory._MODEL_CONFIGS["ViT-H-14"] = open_clip_config()


def make_head() -> nn.Module:
    """The network of the authors' repository of the aesthetic predictor, its weights random."""
    layers = [nn.Linear(768, 1024), nn.Dropout(0.2), nn.Linear(1024, 128), nn.Dropout(0.2), nn.Linear(128, 64)]
    layers += [nn.Dropout(0.1), nn.Linear(64, 16), nn.Linear(16, 1)]
    return nn.ModuleDict({"layers": nn.Sequential(*layers)}).eval()


def write_head(path: Path, seed: int = 0) -> Path:
    """A file such as sac+logos+ava1-l14-linearMSE.pth, its scores around 5."""
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(seed)
        head = make_head()
        for layer in (layer for layer in head["layers"] if isinstance(layer, nn.Linear)):
            layer.weight.normal_(std=layer.in_features**-0.5)
        head["layers"][0].weight.normal_()  # its inputs are unit vectors
        head["layers"][7].bias.fill_(5)
    torch.save(head.state_dict(), path)
    return path
