"""How many sampling steps `emoji` needs: `python -m bench.models.emoji.steps` writes the table in its model card."""

import numpy as np
import torch
from diffusers import StableDiffusionPipeline
from torch import Tensor

from bench.models.emoji import Emoji, load_pipeline
from bench.models.emoji.card import write_section
from bench.models.emoji.classifier import adherence
from bench.models.emoji.evaluate import evaluation_scenes, right
from bench.models.emoji.paths import FOLDER
from bench.models.emoji.support import support_distance
from bench.problem.seeding import stream

STEPS = (6, 8, 10, 12, 16, 25)
SEEDS = (0, 1)
CAPTIONS = 500
BATCH = 50
HEAD = """| steps | noun right | tint right | background right | adherence, mean | support distance, median (95 %) |
|---|---|---|---|---|---|"""


@torch.no_grad()
def pipeline_images(pipeline: StableDiffusionPipeline, texts: list[str], seed: int, steps: int) -> Tensor:
    """One sample a caption by the call of the diffusers pipeline itself, which takes many captions at once.

    Returns:
        `(n, 3, 32, 32)` in [0, 1].
    """
    images = []
    for start in range(0, len(texts), BATCH):
        part = texts[start : start + BATCH]
        images.append(
            pipeline(
                part,
                num_inference_steps=steps,
                guidance_scale=Emoji().guidance,
                eta=Emoji().eta,
                generator=[stream("steps", seed, text) for text in part],
                output_type="pt",
            ).images
        )
    return torch.cat(images)


def row(pipeline: StableDiffusionPipeline, texts: list[str], steps: int) -> str:
    """A row of the table: the figures of the card at so many steps, each over all seeds."""
    batches = [pipeline_images(pipeline, texts, seed, steps) for seed in SEEDS]
    images, named = torch.cat(batches), texts * len(SEEDS)
    shares = [right(batch, texts) for batch in batches]
    cells = [_mean_and_range([share[what] for share in shares]) for what in ("noun", "tint", "background")]
    distance = support_distance(images, named)
    fit = adherence(images, named).mean()
    return f"| {steps} | {' | '.join(cells)} | {fit:.3f} | {distance.median():.3f} ({distance.quantile(0.95):.3f}) |"


def _mean_and_range(values: list[float]) -> str:
    return f"{np.mean(values):.1%} ({min(values):.1%}-{max(values):.1%})"


def main() -> None:
    """Measure, print, and rewrite the table in the card."""
    pipeline = load_pipeline()
    pipeline.set_progress_bar_config(disable=True)
    _, texts = evaluation_scenes(CAPTIONS)
    table = HEAD
    for steps in STEPS:
        table += f"\n{row(pipeline, texts, steps)}"
        print(table.rpartition("\n")[2], flush=True)
    write_section(FOLDER / "README.md", "steps", f"{CAPTIONS} captions, seeds {', '.join(map(str, SEEDS))}.\n\n{table}")


if __name__ == "__main__":
    main()
