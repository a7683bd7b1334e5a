"""The conformance suite passes what keeps the contract and fails what breaks it."""

from dataclasses import dataclass

import pytest
import torch

from bench.problem import Candidates
from bench.registry import METHODS, register_method
from bench.testing import MethodConformance
from tests.support.plugins import HERE


class TestLooksUp(MethodConformance):
    method = f"{HERE}@looks-up"
    test_reads_no_clock = None  # others of its file wait on purpose


@register_method("own-noise", family="test", paper="none")
@dataclass(frozen=True)
class OwnNoise:
    """Begins with noise of its own: nothing is paired."""

    def run(self, problem):
        noise = torch.randn(1, 6, 3, 4, 4, generator=problem.generator)
        yield Candidates(problem.generate(noise), problem.reward(problem.generate(noise)), noise)


@register_method("second-noise", family="test", paper="none")
@dataclass(frozen=True)
class SecondNoise:
    """Draws the shared noise and begins with the next one."""

    def run(self, problem):
        noise = problem.draw_noise(2)[1:]
        samples = problem.generate(noise)
        yield Candidates(samples, problem.reward(samples), noise)


@register_method("looks-up-late", family="test", paper="none")
@dataclass(frozen=True)
class LooksUpLate:
    """Looks up when the whole trajectory is done."""

    def run(self, problem):
        noise = problem.draw_noise(1)
        samples = problem.generate(noise)
        yield
        yield Candidates(samples, problem.reward(samples), noise)


@register_method("no-generator", family="test", paper="none")
@dataclass(frozen=True)
class NoGenerator:
    """Returns a list."""

    def run(self, problem):
        return []


@pytest.mark.parametrize(
    ("name", "test"),
    [
        ("own-noise", "test_starts_from_the_shared_noise"),
        ("second-noise", "test_starts_from_the_shared_noise"),
        ("looks-up-late", "test_can_be_stopped_within_a_step_if_it_looks_up"),
        ("no-generator", "test_is_a_generator"),
    ],
)
def test_what_breaks_the_contract_fails(name, test):
    suite = MethodConformance()
    getattr(suite, test)(METHODS.get("base"))
    with pytest.raises(AssertionError):
        getattr(suite, test)(METHODS.get(name))


def test_the_first_noise_drawn_counts_not_the_first_yielded():
    """A population may offer any of its members; it began from the shared noise all the same."""
    MethodConformance().test_starts_from_the_shared_noise(METHODS.get(f"{HERE}@offers-the-last"))
