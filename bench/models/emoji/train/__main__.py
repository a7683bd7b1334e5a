"""Train the `emoji` model: `python -m bench.models.emoji.train [STAGE ...]`, all stages in order by default.

Finished stages are skipped, interrupted ones are resumed; what they make lies in the work folder until `export`.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import torch

from bench.models.emoji.paths import FOLDER
from bench.models.emoji.train import autoencoder, classifier, clip, unet
from bench.models.emoji.train.export import export
from bench.models.emoji.train.sprites import make_atlas

STEPS = {"autoencoder": 5500, "clip": 1500, "classifier": 1500, "decoder": 6000, "unet": 10_000}
_TRAIN: dict[str, Callable[[Path, int, int, torch.device], None]] = {
    "autoencoder": autoencoder.train,
    "clip": clip.train,
    "classifier": classifier.train,
    "decoder": autoencoder.train_decoder,
    "unet": unet.train,
}
STAGES = ["sprites", *_TRAIN, "export"]


def main() -> None:
    """Run the stages asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench.models.emoji.train", description=__doc__)
    parser.add_argument("stages", nargs="*", choices=[[], *STAGES], metavar="STAGE", help=", ".join(STAGES))
    parser.add_argument("--work", type=Path, default=Path(".emoji-training"), help="work folder (%(default)s)")
    parser.add_argument("--device", type=torch.device, default=torch.device("cpu"), help="cpu or cuda")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, help="instead of the stage's own number")
    options = parser.parse_args()
    for stage in options.stages or STAGES:
        run_stage(stage, options.work, options.device, options.seed, options.steps)


def run_stage(stage: str, work: Path, device: torch.device, seed: int, steps: int | None) -> None:
    """Run one stage, unless what it makes is there."""
    work.mkdir(parents=True, exist_ok=True)
    if stage == "sprites":
        make_atlas(work, FOLDER / "sprites.png")
    elif stage == "export":
        export(work)
    elif (work / stage).exists():
        print(f"{stage}: done already, in {work / stage}")
    else:
        _TRAIN[stage](work, steps or STEPS[stage], seed, device)


if __name__ == "__main__":
    main()
