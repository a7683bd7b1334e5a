"""Measure `emoji-turbo` and write the figures into its model card: `python -m bench.models.emoji_turbo.evaluate`.

Beside it stand its teacher, from the same noise, and the scenes that the captions were written for.
"""

import argparse

import torch
from torch import Tensor

from bench.models.emoji import Emoji
from bench.models.emoji.captions import parse
from bench.models.emoji.card import table, write_section
from bench.models.emoji.evaluate import CPU, GRID, evaluation_scenes, make_images, quality, save_grid
from bench.models.emoji.scenes import Scenes, render
from bench.models.emoji.support import nearest_scenes
from bench.models.emoji_turbo import FOLDER, EmojiTurbo

GOALS = (">= 85 %", ">= 85 %", ">= 95 %", "", "", "", "", "", "")
"""Of the rows of `figures`."""


def measure(count: int) -> str:
    """The figures as a markdown table."""
    scenes, texts = evaluation_scenes(count)
    turbo, emoji = EmojiTurbo(), Emoji(eta=0.0)
    ours, taught = (make_images(model.load(CPU), texts, seed=0) for model in (turbo, emoji))
    teacher = nearest_scenes(taught, texts)
    columns = [figures(images, texts, teacher) for images in (ours, taught, render(scenes))]
    rows = [(what, *(column[what] for column in columns), goal) for what, goal in zip(columns[0], GOALS, strict=True)]
    return table(["", f"emoji-turbo, {turbo.steps} step", f"emoji, {emoji.steps} steps", "real scenes", "goal"], rows)


def figures(images: Tensor, texts: list[str], teacher: Scenes) -> dict[str, str]:
    """Quality, diversity, and how often the nearest scene is that of the teacher."""
    scenes = nearest_scenes(images, texts)
    unnamed = torch.tensor([parse(text).background is None for text in texts])
    same_pose = (poses(scenes) == poses(teacher)).all(1).float().mean()
    same_background = (scenes.background == teacher.background)[unnamed].float().mean()
    return {
        **quality(images, texts),
        "poses, effective number": f"{effective_number(poses(scenes)):.1f}",
        "backgrounds where none is named, effective number": f"{effective_number(scenes.background[unnamed]):.1f}",
        "pose is the teacher's": f"{same_pose:.1%}",
        "background is the teacher's, where none is named": f"{same_background:.1%}",
    }


def poses(scenes: Scenes) -> Tensor:
    """Size, place and mirror of each scene, `(n, 4)`."""
    return torch.stack([scenes.size, scenes.x, scenes.y, scenes.mirror], dim=1)


def effective_number(values: Tensor) -> float:
    """How many equally frequent rows would be as diverse: the exponential of the entropy of their frequencies."""
    _, counts = values.unique(return_counts=True, dim=0)
    share = counts / len(values)
    return float((-share * share.log()).sum().exp())


def main() -> None:
    """Measure, print, and rewrite the part of the card between its markers."""
    parser = argparse.ArgumentParser(prog="python -m bench.models.emoji_turbo.evaluate", description=__doc__)
    parser.add_argument("--captions", type=int, default=500)
    parser.add_argument("--dry", action="store_true", help="print only, leave the card as it is")
    options = parser.parse_args()
    found = measure(options.captions)
    print(found)
    if not options.dry:
        save_grid(make_images(EmojiTurbo().load(CPU), GRID, seed=1), FOLDER / "samples.png")
        write_section(FOLDER / "README.md", "figures", found)


if __name__ == "__main__":
    main()
