"""Measure the `emoji` model and write the figures into its model card: `python -m bench.models.emoji.evaluate`."""

import argparse
from pathlib import Path
from random import Random

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from bench.models.emoji import Emoji
from bench.models.emoji.captions import captions, parse
from bench.models.emoji.card import table, write_section
from bench.models.emoji.classifier import TINTS, adherence, load
from bench.models.emoji.paths import FOLDER
from bench.models.emoji.scenes import NATURAL, Scenes, render, sample
from bench.models.emoji.support import support_distance
from bench.models.emoji.vocabulary import COLORS, NOUNS
from bench.models.stable_diffusion import StableDiffusion
from bench.problem import Problem, seeded_problem
from bench.problem.seeding import stream
from bench.registry import REWARDS
from bench.scoring.pixels import pil_images

CPU = torch.device("cpu")
GOALS = (">= 85 %", ">= 85 %", ">= 90 %", "", "")
"""Of the rows of `quality`."""
GRID = [
    "cat", "dog", "frog", "lion", "fox", "turtle", "butterfly", "penguin",
    "white duck", "black cat", "red crab", "blue whale", "green frog", "purple owl", "yellow bird", "pink pig",
    "a white duck on a yellow background", "a black cat on a blue background", "a red crab on a white background",
    "a blue whale on a pink background", "a green frog on a purple background", "an orange tiger on a gray background",
    "a brown bear on a green background", "a purple octopus on an orange background",
    "pizza", "rocket", "tree", "house", "guitar", "crown", "apple", "sunflower",
]  # fmt: skip


def evaluation_scenes(count: int) -> tuple[Scenes, list[str]]:
    """Scenes that all models are measured with, and their captions."""
    scenes = sample(count, stream("evaluation captions"))
    return scenes, captions(scenes, Random("evaluation captions"))


def problem_for(model: StableDiffusion, text: str, seed: int) -> Problem:
    """A problem outside any suite; it begins from the noise of `emoji`, whatever the model."""
    return seeded_problem(model, REWARDS.get("darkness").create({}), text, seed, model_name="emoji")


@torch.no_grad()
def make_images(model: StableDiffusion, texts: list[str], seed: int) -> Tensor:
    """One sample a caption, `(n, 3, 32, 32)`."""
    samples = []
    for text in texts:
        problem = problem_for(model, text, seed)
        samples.append(problem.generate(problem.draw_noise(1)))
    return torch.cat(samples)


def right(images: Tensor, texts: list[str]) -> dict[str, float]:
    """Share of images in which the classifier's first choice is what the caption names."""
    verdict = load(CPU)(images.clamp(0, 1))
    hits: dict[str, list[bool]] = {"noun": [], "tint": [], "background": []}
    for i, allowed in enumerate(map(parse, texts)):
        hits["noun"].append(NOUNS[verdict.noun[i].argmax()] == allowed.noun)
        if allowed.tint:
            hits["tint"].append(TINTS[verdict.tint[i].argmax()] == allowed.tint)
        if allowed.background:
            hits["background"].append(COLORS[verdict.background[i].argmax()] == allowed.background)
    return {name: float(np.mean(values)) for name, values in hits.items()}


def quality(images: Tensor, texts: list[str]) -> dict[str, str]:
    """Rows of a card's table: how far images are what their captions say, and what a scene can be."""
    share, distance = right(images, texts), support_distance(images, texts)
    return {
        f"noun right, of {len(texts)} captions": f"{share['noun']:.1%}",
        "tint right, where named": f"{share['tint']:.1%}",
        "background right, where named": f"{share['background']:.1%}",
        "adherence, mean": f"{adherence(images, texts).mean():.3f}",
        "support distance, median (95 %)": _quantiles(distance),
    }


def right_on_real_scenes(count: int) -> dict[str, float]:
    """The classifier's accuracy on scenes it was not trained on."""
    scenes = sample(count, stream("held-out scenes"))
    verdict = load(CPU)(render(scenes))
    tint = torch.where(scenes.tint == NATURAL, TINTS.index("natural"), scenes.tint)
    truths = {"noun": scenes.noun, "tint": tint, "background": scenes.background}
    return {n: float((getattr(verdict, n).argmax(1) == truth).float().mean()) for n, truth in truths.items()}


def support_of_autoencoder(model: StableDiffusion, count: int) -> Tensor:
    """Support distance of real scenes after the autoencoder: the floor of any sample's distance."""
    scenes = sample(count, stream("floor"))
    texts = captions(scenes, Random("floor"))
    latents = model.encode_image(render(scenes))
    return support_distance(model.decode(latents), texts)


def measure(guidance: float, count: int) -> tuple[str, Tensor]:
    """The figures as a markdown table, and the images of the grid."""
    model = Emoji(guidance=guidance).load(CPU)
    _, texts = evaluation_scenes(count)
    images = make_images(model, texts, seed=0)
    floor, real = support_of_autoencoder(model, 500), right_on_real_scenes(5000)
    rows = [
        *((*row, goal) for row, goal in zip(quality(images, texts).items(), GOALS, strict=True)),
        ("support distance of real scenes through the autoencoder, median (95 %)", _quantiles(floor), ""),
        *((f"classifier right on held-out scenes: {name}", f"{value:.2%}", ">= 97 %") for name, value in real.items()),
    ]
    head = f"{model.steps} DDIM steps, eta {model.options['eta']:g}, guidance {guidance:g}.\n\n"
    return head + table(["", "measured", "goal"], rows), make_images(model, GRID, seed=1)


def _quantiles(values: Tensor) -> str:
    return f"{values.median():.3f} ({values.quantile(0.95):.3f})"


def save_grid(images: Tensor, path: Path) -> None:
    """Save images as a picture of 8 columns, enlarged 4 times."""
    sheet = images.unflatten(0, (-1, 8)).permute(2, 0, 3, 1, 4).flatten(3, 4).flatten(1, 2)
    (picture,) = pil_images(sheet[None])
    picture.resize((picture.width * 4, picture.height * 4), Image.Resampling.BICUBIC).save(path, optimize=True)


def main() -> None:
    """Measure, print, and rewrite the part of the card between its markers."""
    parser = argparse.ArgumentParser(prog="python -m bench.models.emoji.evaluate", description=__doc__)
    parser.add_argument("--guidance", type=float, default=Emoji().guidance)
    parser.add_argument("--captions", type=int, default=500)
    parser.add_argument("--dry", action="store_true", help="print only, leave the card as it is")
    options = parser.parse_args()
    figures, grid = measure(options.guidance, options.captions)
    print(figures)
    if not options.dry:
        save_grid(grid, FOLDER / "samples.png")
        write_section(FOLDER / "README.md", "figures", figures)


if __name__ == "__main__":
    main()
