"""Scores of the package image-reward 1.5 itself on the small stand-in weights: writes `imagereward.json` beside this.

The package needs libraries of its time, so that this runs in an environment of its own beside torch 2.13 for the CPU:

    pip install --no-deps image-reward==1.5 transformers==4.38.2 tokenizers==0.15.2 huggingface-hub==0.36.2 \
        timm==0.6.13 fairscale==0.4.13 torchvision==0.28.0
    python -m tests.golden.make_imagereward

Its code runs unchanged. Replaced are sizes that it has fixed: those of the vision tower, whose class is the package's,
and the width of the head's input. What it imports and needs for no score is kept out: OpenAI's `clip`, and ReFL.
"""

import hashlib
import json
import os
import sys
import tempfile
from pathlib import Path
from types import ModuleType

import torch
from PIL import Image

from tests.support.standins.image_reward import (
    IMAGE_SIZE,
    TEXT_WIDTH,
    VISION_WIDTH,
    write_bert_tokenizer,
    write_image_reward,
)

GOLDEN = Path(__file__).with_name("imagereward.json")
SAMPLES = Path(__file__).with_name("pictures.png")
PROMPTS = {
    "words": "a white duck on the blue background",
    "case, accents and punctuation": "An OWL, a Café!",
    "unknown words": "a zebra on the moon",
    "nothing": "",
    "BLIP's own tokens": "[DEC] a cat [ENC]",
    "too long": " ".join(["a red crab and a black owl"] * 12),
}


def pictures() -> dict[str, Image.Image]:
    """Pictures of several shapes, cut out of a committed one; and noise."""
    whole = Image.open(SAMPLES).convert("RGB")
    noise = torch.randint(256, (300, 400, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))
    return {
        "no resizing": whole.crop((0, 0, IMAGE_SIZE, IMAGE_SIZE)),
        "square": whole.crop((10, 20, 330, 340)),
        "wide": whole.crop((0, 0, 401, 250)),
        "tall, enlarged": whole.crop((30, 0, 163, 200)),
        "noise": Image.fromarray(noise.numpy()),
    }


def fingerprint(checkpoint: Path) -> str:
    """Of the tensors of a checkpoint, whatever wrote the file."""
    digest = hashlib.sha256()
    for name, tensor in sorted(torch.load(checkpoint, weights_only=True).items()):
        digest.update(name.encode())
        digest.update(tensor.contiguous().numpy().tobytes())
    return digest.hexdigest()


def main() -> None:
    """Write the scores of every picture for every prompt."""
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # where the package finds `bert-base-uncased`
        weights = write_image_reward(Path("weights"))
        write_bert_tokenizer(Path("bert-base-uncased"))
        model = _official(weights)
        scores = {
            shape: {kind: model.score(prompt, picture) for kind, prompt in PROMPTS.items()}
            for shape, picture in pictures().items()
        }
        made = {"weights": fingerprint(weights / "ImageReward.pt"), "scores": scores}
    GOLDEN.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")


def _official(weights: Path):
    # Without CUDA torchvision cannot be imported: its operators, none of which is used here, are not there.
    library = torch.library.Library("torchvision", "DEF")
    for operator in ("nms", "qnms", "roi_align", "roi_pool", "ps_roi_align", "ps_roi_pool", "deform_conv2d"):
        library.define(f"{operator}(Tensor x) -> Tensor")
    for unused in ("clip", "ImageReward.ReFL"):
        sys.modules[unused] = ModuleType(unused)
    from ImageReward.ImageReward import MLP, ImageReward
    from ImageReward.models.BLIP import blip_pretrain, vit

    def small_tower(*_args):
        sizes = {"img_size": IMAGE_SIZE, "patch_size": 16, "embed_dim": VISION_WIDTH, "depth": 2}
        return vit.VisionTransformer(**sizes, num_heads=VISION_WIDTH // 64), VISION_WIDTH

    blip_pretrain.create_vit = small_tower
    model = ImageReward(str(weights / "med_config.json"))
    model.mlp = MLP(TEXT_WIDTH)
    report = model.load_state_dict(torch.load(weights / "ImageReward.pt", weights_only=True), strict=False)
    if report.missing_keys or report.unexpected_keys:
        raise RuntimeError(f"the stand-in is not in the official layout: {report}")
    return model.eval()


if __name__ == "__main__":
    main()
