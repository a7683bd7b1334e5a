"""In which type latents can be decoded: by model and type the error of images and gradients, and seconds.

    python -m benchmarks.decode --models emoji,sd15,sdxl=/data/sdxl --device cuda --out decode.csv

Errors are against float32 without TF32 kernels, the largest of several latents of the model's own; images are in
[0, 1], so that 1/255 is one step of an 8-bit file. A model takes part where its weights are.
"""

import argparse
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from statistics import median
from typing import Any

import pandas as pd
import torch
from torch import Tensor, nn

from bench.models.decoding import DecodeError, decode, error_of
from bench.models.latent import LatentModel
from bench.registry import MODELS
from bench.run.clock import device_clock

TYPES = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}
LATENTS, REPEATS = 8, 7


def load(name: str, device: torch.device) -> LatentModel:
    """The model called `name`, or `name=folder`, its autoencoder in float32."""
    name, _, folder = name.partition("=")
    options = {"weights": folder} if folder else {}
    own = {} if name == "emoji" else {"decode_precision": "fp32", "recompute": "steps", "chunk": 1}
    model: LatentModel = MODELS.get(name).create({**options, **own}).load(device)
    return model


def rows(name: str, device: torch.device) -> Iterator[dict[str, Any]]:
    """One row a type."""
    model = load(name, device)
    exact, latents = model._pipeline.vae, model.typical_latents(LATENTS)
    for label, dtype in TYPES.items():
        autoencoder = nn.Module.to(deepcopy(exact), dtype)
        errors = [error_of(autoencoder, exact, latent[None]) for latent in latents]
        worst = DecodeError(*torch.tensor(errors).amax(0).tolist())  # what is not finite stays so
        yield {
            "model": name.partition("=")[0],
            "type": label,
            "image_error": worst.image,
            "steps_of_8_bits": worst.image * 255,
            "gradient_error": worst.gradient,
            "unseen": worst.unseen,
            **_seconds(autoencoder, latents[:1], device),
        }


def _seconds(autoencoder: Any, latent: Tensor, device: torch.device) -> dict[str, float]:  # noqa: ANN401
    variable = latent.clone().requires_grad_()

    def forward() -> None:
        with torch.no_grad():
            decode(autoencoder, latent)

    def both() -> None:
        torch.autograd.grad(decode(autoencoder, variable).mean(), variable)

    return {"decode_seconds": _median(forward, device), "gradient_seconds": _median(both, device)}


def _median(work: Callable[[], None], device: torch.device) -> float:
    now, seconds = device_clock(device), []
    for _ in range(REPEATS + 1):
        start = now()
        work()
        seconds.append(now() - start)
    return median(seconds[1:])  # the first chooses kernels


def main() -> None:
    """Measure what the command line asks for, print it, write it as CSV."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", default="emoji")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    device, found = torch.device(options.device), []
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu"
    for model in options.models.split(","):
        found += [{"device": name, "torch": torch.__version__, **row} for row in rows(model, device)]
    table = pd.DataFrame(found)
    print(table.drop(columns=["device", "torch"]).to_string(index=False, float_format=lambda value: f"{value:.2g}"))
    if options.out:
        table.to_csv(options.out, index=False)


if __name__ == "__main__":
    main()
