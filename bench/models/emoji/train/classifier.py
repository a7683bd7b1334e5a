"""The independent classifier."""

from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn.functional import nll_loss

from bench.models.emoji.classifier import TINTS, Classifier
from bench.models.emoji.scenes import NATURAL, render, sample
from bench.models.emoji.train.augment import augmented
from bench.models.emoji.train.loop import fit
from bench.problem.seeding import stream

BATCH, LEARNING_RATE = 64, 2e-3


def train(work: Path, steps: int, seed: int, device: torch.device) -> None:
    """Train into `work/classifier`."""
    torch.manual_seed(seed + 1)
    classifier = Classifier().to(device)

    def loss_at(step: int) -> Tensor:
        scenes = sample(BATCH, stream("classifier", seed, step))
        images = augmented(render(scenes), stream("classifier augment", seed, step)).clamp(0, 1)
        tint = torch.where(scenes.tint == NATURAL, TINTS.index("natural"), scenes.tint)
        verdict = classifier(images.to(device))
        targets = (scenes.noun, tint, scenes.background)
        losses = [nll_loss(log, target.to(device)) for log, target in zip(verdict, targets, strict=True)]
        return torch.stack(losses).sum()

    fit(classifier, loss_at, steps, LEARNING_RATE, work / "classifier.pt")
    (work / "classifier").mkdir(exist_ok=True)
    save_file(classifier.state_dict(), work / "classifier" / "model.safetensors")
