"""What `emoji` saves on a CPU over the diffusers pipeline's own modules: `python -m benchmarks.emoji`.

Milliseconds of one guided prediction, without and with its gradient, by batch size, of a DNO step, and of a sample and
a DNO step of `emoji-turbo`: the least of many repeats that take turns, so that whatever else runs on the machine meets
both. `--cpu-time` counts the process's CPU seconds instead, for a machine that is not one's own.
"""

import argparse
import os
import time
from collections.abc import Callable

import torch
from torch import Tensor

from bench.models.emoji import Emoji, load_pipeline
from bench.models.emoji_turbo import EmojiTurbo
from bench.models.latent import Condition
from bench.models.stable_diffusion import StableDiffusion
from bench.problem import Problem, seeded_problem
from bench.registry import REWARDS

BATCHES = (1, 2, 4, 8, 16)
CPU = torch.device("cpu")


def prediction(model: StableDiffusion, latent: Tensor, condition: Condition) -> None:
    """One prediction of `(n, *latent_shape)`."""
    with torch.no_grad():
        model.predict(latent, 0, condition)


def gradient(model: StableDiffusion, latent: Tensor, condition: Condition) -> None:
    """One prediction and its gradient."""
    model.predict(latent.clone().requires_grad_(), 0, condition).eps.sum().backward()


def problem_of(model: StableDiffusion) -> Problem:
    """`emoji-alignment` for one prompt."""
    reward = REWARDS.get("emoji-alignment").create({})
    return seeded_problem(model, reward, "a white duck", 0, model_name="emoji")


def one_sample(model: StableDiffusion) -> Callable[[], None]:
    """A sample and its reward."""
    problem = problem_of(model)
    noise = problem.draw_noise(1)

    def work() -> None:
        with torch.no_grad():
            problem.reward(problem.generate(noise))

    return work


def dno_step(model: StableDiffusion) -> Callable[[], None]:
    """A sample, its reward under `emoji-alignment`, and the gradient to its noise."""
    problem = problem_of(model)
    noise = problem.draw_noise(1).requires_grad_()
    return lambda: problem.reward(problem.generate(noise)).sum().backward()


def least_ms(works: list[Callable[[], None]], repeats: int, clock: Callable[[], float]) -> list[float]:
    """The least milliseconds of each piece of work."""
    least = [float("inf")] * len(works)
    for _ in range(repeats):
        for i, work in enumerate(works):
            start = clock()
            work()
            least[i] = min(least[i], 1e3 * (clock() - start))
    return least


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.emoji", description=__doc__)
    parser.add_argument("--repeats", type=int, default=30)
    parser.add_argument("--cpu-time", action="store_true")
    options = parser.parse_args()
    clock = time.process_time if options.cpu_time else time.perf_counter
    plain, ours = StableDiffusion(load_pipeline(), CPU, Emoji().sampling(), Emoji.size), Emoji().load(CPU)
    condition = ours.encode("a white duck")
    print(f"{torch.get_num_threads()} threads, load average {os.getloadavg()[0]:.1f}\n")
    print("| batch | prediction: diffusers, ms | ours, ms | ratio | with gradient: diffusers, ms | ours, ms | ratio |")
    print("|---|---|---|---|---|---|---|")
    for batch in BATCHES:
        latent = torch.randn(batch, *ours.latent_shape, generator=torch.Generator().manual_seed(0))
        cells = []
        for kind in (prediction, gradient):
            works = [lambda m=model, k=kind, x=latent: k(m, x, condition) for model in (plain, ours)]  # type: ignore[misc]
            theirs, own = least_ms(works, options.repeats, clock)
            cells += [f"{theirs:.1f}", f"{own:.1f}", f"{theirs / own:.2f}"]
        print(f"| {batch} | {' | '.join(cells)} |")
    theirs, own = least_ms([dno_step(plain), dno_step(ours)], max(1, options.repeats // 5), clock)
    print(f"\nDNO step, {ours.steps} sampling steps: diffusers {theirs:.0f} ms, ours {own:.0f} ms, {theirs / own:.2f}")
    turbo = EmojiTurbo().load(CPU)
    sample, step = least_ms([one_sample(turbo), dno_step(turbo)], options.repeats, clock)
    print(f"\nemoji-turbo: a sample {sample:.1f} ms, a DNO step {step:.1f} ms")


if __name__ == "__main__":
    main()
