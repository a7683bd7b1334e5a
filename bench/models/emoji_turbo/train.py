"""Distil `emoji` into `emoji-turbo`: `python -m bench.models.emoji_turbo.train`, which resumes after an interruption.

The student learns to say at once what the guided teacher's ODE makes of a noise, from pairs of noise and result (Luhman
& Luhman 2021, https://arxiv.org/abs/2101.02388). Each result is first replaced by the nearest scene that its caption
allows, which is known exactly: the student is right where the teacher is not. Then its own samples, replaced likewise,
join the pairs: where it draws something between two scenes it learns to draw the nearer one.
"""

import argparse
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path

import torch
from diffusers import EulerDiscreteScheduler, UNet2DConditionModel
from torch import Tensor

from bench.models.emoji import Emoji, load_pipeline
from bench.models.emoji.train.loop import fit
from bench.models.emoji.train.unet import make
from bench.models.emoji_turbo import WEIGHTS, EmojiTurbo, OneStep
from bench.models.emoji_turbo.pairs import Pairs, cached_pairs, joined
from bench.problem.seeding import stream

TEACHER = {"num_inference_steps": Emoji().steps, "guidance_scale": Emoji().guidance, "eta": 0.0}
STUDENT = {"num_inference_steps": 1, "guidance_scale": 0.0}
BATCH, LEARNING_RATE, EMA_DECAY = 64, 1e-3, 0.999
HUBER = 0.00054  # Song & Dhariwal 2023, https://arxiv.org/abs/2310.14189: times the square root of d for the norm


def train(work: Path, count: int, steps: Sequence[int], seed: int) -> UNet2DConditionModel:
    """The average of the student's weights, after so many steps on `count` pairs of the teacher, then on `count` more.

    Args:
        work: folder for the pairs and the state of the training.
        count: pairs, in whole batches.
        steps: two numbers, of the training on the teacher's pairs and of that on these and the student's own.
        seed: decides all that is drawn.
    """
    teacher, student = load_pipeline(), make()
    student.load_state_dict(teacher.unet.state_dict())
    average = deepcopy(student).requires_grad_(False)
    teacher.set_progress_bar_config(disable=True)
    taught = cached_pairs(work / "taught.safetensors", teacher, TEACHER, count, seed)
    learn(student, average, taught, steps[0], seed, work / "taught.pt")
    sampler = load_pipeline(unet=average, scheduler=make_scheduler())
    sampler.set_progress_bar_config(disable=True)
    own = cached_pairs(work / "own.safetensors", sampler, STUDENT, count, seed)
    learn(student, average, joined([taught, own]), steps[1], seed, work / "own.pt")
    return average


def learn(
    student: UNet2DConditionModel, average: UNet2DConditionModel, pairs: Pairs, steps: int, seed: int, state: Path
) -> None:
    """Bring the student's clean latents to those of the pairs, in place; `average` follows it."""
    schedule = OneStep.make_schedule(make_scheduler().config, EmojiTurbo().sampling())

    def loss_at(step: int) -> Tensor:
        chosen = torch.randint(len(pairs["noise"]), (BATCH,), generator=stream(state.stem, seed, step))
        noise, latents, states = (pairs[name][chosen] for name in ("noise", "latents", "states"))
        start = schedule.start(noise)
        predicted = schedule.predict(start, 0, student(start, schedule.timesteps[0], states).sample)
        return pseudo_huber(predicted.x0 - latents)

    fit(student, loss_at, steps, LEARNING_RATE, state, average, EMA_DECAY)


def pseudo_huber(difference: Tensor) -> Tensor:
    """Nearly the root mean square of each `(n, 16, 4, 4)`, averaged.

    Where a noise could become either of two scenes its minimum is the likelier one; that of a square lies between them.
    """
    square = difference.square().mean((1, 2, 3))
    return ((square + HUBER**2).sqrt() - HUBER).mean()


def make_scheduler() -> EulerDiscreteScheduler:
    """SD-Turbo's, on the noise levels of `emoji`, for a network that says the clean latent itself.

    An error of the noise that SD-Turbo's network says would count 15 times in the clean latent.
    """
    return EulerDiscreteScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear",
        steps_offset=1, timestep_spacing="trailing", prediction_type="sample",
    )  # fmt: skip


def export(unet: UNet2DConditionModel, folder: Path) -> None:
    """Write the committed parts, in half precision."""
    unet.half().save_pretrained(folder / "unet")
    make_scheduler().save_pretrained(folder / "scheduler")


def main() -> None:
    """Train and write the committed weights."""
    parser = argparse.ArgumentParser(prog="python -m bench.models.emoji_turbo.train", description=__doc__)
    parser.add_argument("--pairs", type=int, default=20_000, help="of the teacher; as many of the student's own")
    parser.add_argument("--steps", type=int, nargs=2, default=[6000, 3000], help="before and after its own join")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--work", type=Path, default=Path(".emoji-training"), help="work folder (%(default)s)")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    export(train(options.work, options.pairs, options.steps, options.seed), WEIGHTS)


if __name__ == "__main__":
    main()
