"""Small real plug-ins for tests of the harness, named as `path.py@name`: a closed-form model, rewards and methods."""

import gc
import os
import random
import re
import resource
import signal
import sys
import time
import warnings
from dataclasses import dataclass, replace
from itertools import cycle

import numpy as np
import psutil
import torch

from bench.problem import Candidates
from bench.registry import register_method, register_metric, register_model, register_reward, register_set_metric
from bench.sampling.scored import scored
from bench.testing.gaussian import GaussianModel, mean_reward

HERE = __file__


@register_model("gaussian", licence="Apache-2.0", weights="none", paper="closed form")
@dataclass(frozen=True)
class Gaussian:
    """The closed-form model of `bench.testing`."""

    steps: int = 5
    eta: float = 1.0

    def check_prompt(self, prompt):
        pass

    def load(self, device):
        return GaussianModel(steps=self.steps, eta=self.eta)


@register_reward("mean", differentiable=True, range=(0, 1), paper="mean pixel")
@dataclass(frozen=True)
class Mean:
    """The mean pixel."""

    def __call__(self, samples, prompts):
        return mean_reward(samples, prompts)


@register_reward("spread", differentiable=False, range=(0, 1), paper="standard deviation")
@dataclass(frozen=True)
class Spread:
    """The standard deviation of the pixels."""

    def __call__(self, samples, prompts):
        return samples.detach().flatten(1).std(1)


@register_reward("refuses", differentiable=False, range=(0, 1), paper="an error")
@dataclass(frozen=True)
class Refuses:
    """Can judge nothing."""

    def __call__(self, samples, prompts):
        raise ValueError("cannot judge this")


@register_reward("scalar", differentiable=False, range=(0, 1), paper="mean pixel")
@dataclass(frozen=True)
class Scalar:
    """One score for all samples."""

    def __call__(self, samples, prompts):
        return samples.mean()


@register_metric("infinite", higher_is_better=True, paper="infinity")
@dataclass(frozen=True)
class Infinite:
    """A metric whose value says nothing."""

    def __call__(self, samples, prompts, noise):
        return {"infinite": torch.tensor([float("inf")])}


@register_metric("first-pixel", higher_is_better=True, paper="a pixel")
@dataclass(frozen=True)
class FirstPixel:
    """The first pixel."""

    def __call__(self, samples, prompts, noise):
        return {"first-pixel": samples[:, 0, 0, 0]}


@register_metric("parts", higher_is_better=True, paper="none")
@dataclass(frozen=True)
class Parts:
    """Returns the columns that it is told to."""

    columns: tuple[str, ...] = ()

    def __call__(self, samples, prompts, noise):
        return dict.fromkeys(self.columns, torch.zeros(1))


@register_metric("worse", higher_is_better=False, paper="a pixel")
@dataclass(frozen=True)
class Worse:
    """A metric that is better when it is lower."""

    def __call__(self, samples, prompts, noise):
        return {"worse": samples[:, 0, 0, 0]}


@register_metric("never-there", higher_is_better=True, paper="an error")
@dataclass(frozen=True)
class NeverThere:
    """A metric whose weights are missing."""

    def __call__(self, samples, prompts, noise):
        raise FileNotFoundError("no weights")


@register_set_metric("spread-of-means", higher_is_better=True, paper="standard deviation")
@dataclass(frozen=True)
class SpreadOfMeans:
    """How much the mean pixel varies between images."""

    def __call__(self, images):
        if len(images) < 2:
            raise ValueError("one image has no spread")
        return float(images.double().flatten(1).mean(1).std(correction=0))


@register_set_metric("gap-of-means", higher_is_better=False, against_base=True, paper="a difference")
@dataclass(frozen=True)
class GapOfMeans:
    """The mean pixel of a method minus that of base."""

    def __call__(self, images, base):
        return float(images.double().mean() - base.double().mean())


@register_set_metric("no-number", higher_is_better=True, paper="minus infinity")
@dataclass(frozen=True)
class NoNumber:
    """A metric whose value says nothing."""

    def __call__(self, images):
        return float("-inf")


def _candidates(problem):
    return scored(problem, problem.draw_noise(1))


@register_method("raises", family="broken", paper="none")
@dataclass(frozen=True)
class Raises:
    """Yields once and raises."""

    def run(self, problem):
        yield _candidates(problem)
        raise ZeroDivisionError("on purpose")


@register_method("nan", family="broken", paper="none")
@dataclass(frozen=True)
class Nan:
    """Yields a reward that is no number."""

    def run(self, problem):
        one = _candidates(problem)
        yield Candidates(one.samples, one.rewards * float("nan"), one.noise)


@register_method("wrong-shape", family="broken", paper="none")
@dataclass(frozen=True)
class WrongShape:
    """Yields a scalar for a batch of rewards."""

    def run(self, problem):
        one = _candidates(problem)
        yield Candidates(one.samples, one.rewards.sum(), one.noise)


@register_method("nothing", family="broken", paper="none")
@dataclass(frozen=True)
class Nothing:
    """Yields nothing at all."""

    def run(self, problem):
        return
        yield


@register_method("wrong-type", family="broken", paper="none")
@dataclass(frozen=True)
class WrongType:
    """Yields a bare number."""

    def run(self, problem):
        yield 1.0


@register_method("three", family="search", paper="none")
@dataclass(frozen=True)
class Three:
    """Ends by itself after three samples."""

    def run(self, problem):
        for _ in range(3):
            yield _candidates(problem)


@register_method("peeks", family="broken", paper="none")
@dataclass(frozen=True)
class Peeks:
    """Asks for a gradient without having declared it."""

    def run(self, problem):
        noise = problem.draw_noise(1).requires_grad_()
        samples = problem.generate(noise)
        rewards = problem.reward(samples)
        yield Candidates(samples, rewards, noise)
        rewards.sum().backward()
        yield Candidates(samples, rewards, torch.zeros_like(noise))


@register_method("slow", family="search", paper="none")
@dataclass(frozen=True)
class Slow:
    """Plain samples that take their time."""

    def run(self, problem):
        while True:
            time.sleep(0.05)
            yield _candidates(problem)


@register_method("dies", family="broken", paper="none")
@dataclass(frozen=True)
class Dies:
    """Takes its process along."""

    def run(self, problem):
        yield _candidates(problem)
        os._exit(7)


@register_method("exits", family="broken", paper="none")
@dataclass(frozen=True)
class Exits:
    """Asks the process to end after its first offer."""

    def run(self, problem):
        yield _candidates(problem)
        sys.exit(0)


@register_method("looks-up", family="search", paper="none")
@dataclass(frozen=True)
class LooksUp:
    """Samples two at a time and can be stopped between any two steps; says no noise."""

    def run(self, problem):
        sampler = problem.sampler
        while True:
            noise = problem.draw_noise(2)
            latent = sampler.start(noise[:, 0])
            for step in range(sampler.steps):
                latent = sampler.step(sampler.predict(latent, step), step, noise[:, step + 1])
                yield
            samples = sampler.decode(latent)
            yield Candidates(samples, problem.reward(samples), noise=None)


@register_method("offers-the-last", family="search", paper="none")
@dataclass(frozen=True)
class OffersTheLast:
    """Samples three at a time and offers the last of them."""

    def run(self, problem):
        while True:
            noise = problem.draw_noise(3)
            samples = problem.generate(noise)[2:]
            yield Candidates(samples, problem.reward(samples), noise[2:])


@register_method("talkative", family="test", paper="none")
@dataclass(frozen=True)
class Talkative:
    """Logs under names that are taken, what is no number, and one thing as now this, now that."""

    def run(self, problem):
        changing = cycle([0, "nought", float("nan")])
        while True:
            info = {"seconds": 7.0, "changing": next(changing), "\ud800": 1.0, 3: 1.0, "tensor": torch.zeros(1)}
            yield replace(_candidates(problem), info=info)


class Unspeakable(BaseException):
    """Has no message."""

    def __str__(self):
        raise SystemExit(0)


@register_method("interrupts", family="broken", paper="none")
@dataclass(frozen=True)
class Interrupts:
    """Raises what Ctrl-C raises, though nobody pressed it."""

    def run(self, problem):
        yield _candidates(problem)
        raise KeyboardInterrupt


@register_method("unspeakable", family="broken", paper="none")
@dataclass(frozen=True)
class RaisesUnspeakable:
    """Raises an error whose message cannot be had."""

    def run(self, problem):
        yield _candidates(problem)
        raise Unspeakable


@register_reward("exits", differentiable=False, range=(0, 1), paper="none")
@dataclass(frozen=True)
class ExitingReward:
    """Asks the process to end when it scores."""

    def __call__(self, samples, prompts):
        sys.exit(0)


@register_method("meddles", family="broken", paper="none")
@dataclass(frozen=True)
class Meddles:
    """Changes whatever a process has once, after its first offer."""

    def run(self, problem):
        yield _candidates(problem)
        torch.set_grad_enabled(not torch.is_grad_enabled())
        torch.set_default_dtype(torch.float64)
        torch.set_default_device("meta")
        torch.set_num_threads(torch.get_num_threads() + 1)
        torch.default_generator.manual_seed(1)
        np.random.seed(1)
        random.seed(1)
        os.chdir("/")
        os.environ["MEDDLED"] = "yes"
        warnings.simplefilter("error")


@register_method("blanks", family="broken", paper="none")
@dataclass(frozen=True)
class Blanks:
    """Offers once, then writes zeros into every network of the process that is frozen."""

    def run(self, problem):
        yield _candidates(problem)
        for module in [one for one in gc.get_objects() if issubclass(type(one), torch.nn.Module)]:
            for parameter in module.parameters():
                if not parameter.requires_grad:
                    parameter.data.zero_()
        yield _candidates(problem)


@register_method("hangs", family="broken", paper="none")
@dataclass(frozen=True)
class Hangs:
    """Never yields."""

    def run(self, problem):
        time.sleep(3600)
        yield _candidates(problem)


@register_method("stalls", family="broken", paper="none")
@dataclass(frozen=True)
class Stalls:
    """Offers three times, and then hangs in code in C that lets no other thread have a turn."""

    def run(self, problem):
        for _ in range(3):
            yield _candidates(problem)
        re.fullmatch("(a+)+b", "a" * 64)


@register_method("chatters", family="broken", paper="none")
@dataclass(frozen=True)
class Chatters:
    """Prints for ever in place of yielding."""

    def run(self, problem):
        while True:
            time.sleep(0.001)
            print(".", end="")
        yield


@register_reward("hangs", differentiable=False, range=(0, 1), paper="none")
@dataclass(frozen=True)
class HangingReward:
    """Never scores."""

    def __call__(self, samples, prompts):
        time.sleep(3600)


@register_metric("hangs", higher_is_better=True, paper="none")
@dataclass(frozen=True)
class HangingMetric:
    """Never measures."""

    def __call__(self, samples, prompts, noise):
        time.sleep(3600)


@register_method("killed", family="broken", paper="none")
@dataclass(frozen=True)
class Killed:
    """Is killed after its first offer, as the kernel does for want of memory."""

    def run(self, problem):
        yield _candidates(problem)
        os.kill(os.getpid(), signal.SIGKILL)
        yield


@register_method("crashes", family="broken", paper="none")
@dataclass(frozen=True)
class Crashes:
    """Ends as a fault in code in C does, after its first offer."""

    def run(self, problem):
        yield _candidates(problem)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.kill(os.getpid(), signal.SIGSEGV)
        yield


@register_method("hoards", family="broken", paper="none")
@dataclass(frozen=True)
class Hoards:
    """Asks for more memory than its process may have, after its first offer."""

    def run(self, problem):
        yield _candidates(problem)
        before = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (psutil.Process().memory_info().vms + 2**26, before[1]))
        try:
            bytearray(2**30)
        finally:
            resource.setrlimit(resource.RLIMIT_AS, before)


@register_method("prints", family="search", paper="none")
@dataclass(frozen=True)
class Prints:
    """Says which process it runs in, and warns."""

    def run(self, problem):
        print(f"in process {os.getpid()}")
        print("to standard error", file=sys.stderr)
        warnings.warn("beware", stacklevel=1)
        while True:
            yield _candidates(problem)


@register_method("dozes", family="search", paper="none")
@dataclass(frozen=True)
class Dozes:
    """Plain samples, of which each takes a second."""

    def run(self, problem):
        while True:
            time.sleep(1)
            yield _candidates(problem)
