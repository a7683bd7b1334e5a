"""What every method must hold to; subclass `MethodConformance` and set `method`."""

import ast
import pickle
import random
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from torch import Tensor

from bench.errors import InputError
from bench.problem import Candidates, Cost, Meter, Problem
from bench.registry import METHODS, Entry, Method, MethodFacts, resolved_options
from bench.testing.gaussian import GaussianModel, mean_reward, toy_problem

STEPS = 6
MethodEntry = Entry[MethodFacts, Method]


class MethodConformance:
    """The conformance suite of one method, on a closed-form Gaussian model, in well under a second.

    Attributes:
        method: its registered name, or `path.py@name`.
        options: hyperparameters that differ from the defaults.
    """

    method: ClassVar[str]
    options: ClassVar[dict[str, Any]] = {}

    @pytest.fixture
    def entry(self) -> MethodEntry:
        """The method's registration."""
        return METHODS.get(self.method)

    @pytest.fixture
    def run(self, entry: MethodEntry) -> Callable[[Problem], list[Candidates]]:
        """Runs the method for a few yields; what it yields is copied, as the harness does."""

        def first_yields(problem: Problem) -> list[Candidates]:
            yields = islice(entry.create(self.options).run(problem), STEPS)
            return [Candidates(c.samples.clone(), c.rewards.clone(), c.noise.clone(), c.info) for c in yields]

        return first_yields

    def test_is_documented(self, entry: MethodEntry) -> None:
        """A summary, a family and a paper, for tables and for the reader."""
        assert entry.summary
        assert entry.facts.family
        assert entry.facts.paper

    def test_options_round_trip(self, entry: MethodEntry) -> None:
        """The options of an instance make an equal instance."""
        made = entry.create(self.options)
        assert entry.create(resolved_options(made)) == made
        assert pickle.loads(pickle.dumps(made)) == made

    def test_unknown_option_is_refused(self, entry: MethodEntry) -> None:
        """A misspelt hyperparameter is an error, never ignored."""
        with pytest.raises(InputError, match="no_such_option"):
            entry.create({"no_such_option": 1})

    def test_yields_scored_samples(self, run: Callable[[Problem], list[Candidates]], entry: MethodEntry) -> None:
        """Samples, rewards and noise belong together: the noise makes the sample, the sample earns the reward."""
        problem = toy_problem()
        candidates = run(problem)
        assert candidates
        for one in candidates:
            n = len(one.samples)
            assert one.rewards.shape == (n,)
            assert len(one.noise) == n
            if not entry.facts.own_sampling:
                torch.testing.assert_close(problem.generate(one.noise), one.samples)
            torch.testing.assert_close(problem.reward(one.samples), one.rewards)

    def test_starts_from_the_shared_noise(self, run: Callable[[Problem], list[Candidates]]) -> None:
        """The first noise of a prompt and seed is the same for every method: comparisons are paired."""
        found, shared = run(toy_problem())[0].noise[0], toy_problem().draw_noise(1)[0]
        common = min(len(found), len(shared))  # a method that samples with more steps has more rows
        torch.testing.assert_close(found[:common], shared[:common])

    def test_is_deterministic(self, run: Callable[[Problem], list[Candidates]]) -> None:
        """The same seed gives the same candidates, whatever the global random state."""
        first = run(toy_problem(seed=3))
        torch.manual_seed(12345)
        for one, other in zip(first, run(toy_problem(seed=3)), strict=True):
            torch.testing.assert_close(one.noise, other.noise, rtol=0, atol=0)

    def test_seeds_differ(self, run: Callable[[Problem], list[Candidates]]) -> None:
        """Another seed gives other samples."""
        one, other = run(toy_problem(seed=0))[0], run(toy_problem(seed=1))[0]
        assert not torch.equal(one.samples, other.samples)

    def test_leaves_global_state_alone(
        self, run: Callable[[Problem], list[Candidates]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """No global random numbers are drawn and no file is written."""
        monkeypatch.chdir(tmp_path)
        before = torch.get_rng_state(), random.getstate(), np.random.get_state()[1].tolist()  # type: ignore[index]
        run(toy_problem())
        after = torch.get_rng_state(), random.getstate(), np.random.get_state()[1].tolist()  # type: ignore[index]
        assert torch.equal(before[0], after[0])
        assert before[1:] == after[1:]
        assert not list(tmp_path.iterdir())

    def test_reads_no_clock(self, entry: MethodEntry) -> None:
        """The harness owns the clock: a method neither reads one nor waits."""
        module = ast.parse(Path(entry.origin).read_text(encoding="utf-8"))
        imported = {alias.name for node in ast.walk(module) if isinstance(node, ast.Import) for alias in node.names}
        imported |= {node.module or "" for node in ast.walk(module) if isinstance(node, ast.ImportFrom)}
        assert not imported & {"time", "timeit", "datetime"}

    def test_counts_are_true(self, run: Callable[[Problem], list[Candidates]]) -> None:
        """Every reward call goes through the problem, and so through the meter."""
        scored = 0

        def counting(samples: Tensor, prompts: object) -> Tensor:
            nonlocal scored
            scored += len(samples)
            return mean_reward(samples, prompts)

        meter = Meter()
        run(toy_problem(reward=counting, meter=meter))
        assert meter.reward_calls == scored > 0

    def test_costs_what_it_states(self, entry: MethodEntry) -> None:
        """The `cost` a method states of each yield is what the meter counts; a method may state none."""
        method, meter = entry.create(self.options), Meter()
        if not hasattr(method, "cost"):
            pytest.skip(f"{entry.name} states no cost")
        model = GaussianModel()
        before = meter.counts()
        for index, _ in enumerate(islice(method.run(toy_problem(model=model, meter=meter)), STEPS)):
            counted = {name: count - before[name] for name, count in meter.counts().items()}
            assert counted == _in_evaluations(method.cost(model.steps, index), model.evals_per_prediction)
            before = meter.counts()

    def test_works_without_a_gradient_unless_it_says_so(self, entry: MethodEntry) -> None:
        """A method not declared to need the gradient never asks for it."""
        if entry.facts.gradient:
            return

        def opaque(samples: Tensor, prompts: object) -> Tensor:
            return mean_reward(samples.detach(), prompts)

        assert len(list(islice(entry.create(self.options).run(toy_problem(reward=opaque)), STEPS))) > 0

    def test_gains_reward(self, run: Callable[[Problem], list[Candidates]], entry: MethodEntry) -> None:
        """Averaged over seeds, its incumbent after a few yields beats the sample it began with."""
        if not entry.facts.selects:
            return
        gains = []
        for seed in range(8):
            yields = run(toy_problem(seed=seed))
            gains.append(max(float(one.rewards.max()) for one in yields) - float(yields[0].rewards[0]))
        assert np.mean(gains) > 0


def _in_evaluations(cost: Cost, evals_per_prediction: int) -> dict[str, int]:
    """A stated cost in the meter's units."""
    return {
        "denoiser_evals": cost.predictions * evals_per_prediction,
        "decodes": cost.decodes,
        "reward_calls": cost.rewards,
        "backward_evals": cost.backward * evals_per_prediction,
    }
