"""What every method must hold to; subclass `MethodConformance` and set `method`."""

import ast
import pickle
import random
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from torch import Tensor

from bench.errors import InputError
from bench.problem import Candidates, Meter, Problem
from bench.problem.seeding import draw_noise, stream
from bench.registry import METHODS, Entry, Method, MethodFacts, resolved_options
from bench.testing.gaussian import mean_reward, toy_problem
from bench.testing.pulling import ObservedModel, offers_of, pulled

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
        """Runs the method until it has made a few offers."""
        return self.runner(entry)

    def runner(self, entry: MethodEntry) -> Callable[[Problem], list[Candidates]]:
        """What makes the first few offers of a method on a problem."""
        return lambda problem: offers_of(entry.create(self.options).run(problem), STEPS)

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

    def test_is_a_generator(self, entry: MethodEntry) -> None:
        """The harness sends back, at each yield, the share of the budget that is left."""
        assert isinstance(entry.create(self.options).run(toy_problem()), Generator)

    def test_yields_scored_samples(self, run: Callable[[Problem], list[Candidates]], entry: MethodEntry) -> None:
        """Samples, rewards and noise belong together: the noise makes the sample, the sample earns the reward."""
        problem = toy_problem()
        candidates = run(problem)
        assert candidates
        for one in candidates:
            torch.testing.assert_close(problem.reward(one.samples), one.rewards)
            if one.noise is None:
                continue
            assert len(one.noise) == len(one.samples)
            if not entry.facts.own_sampling:
                torch.testing.assert_close(problem.generate(one.noise), one.samples)

    def test_starts_from_the_shared_noise(self, entry: MethodEntry) -> None:
        """The first noise drawn for a prompt and seed, and its first trajectory, are the same for every method."""
        drawn, model = [], ObservedModel()

        def noise_at(index: int, shape: tuple[int, ...]) -> Tensor:
            drawn.append(draw_noise(0, "gaussian", "toy", index, shape))
            return drawn[-1]

        problem = Problem(model, mean_reward, "toy", Meter(), stream("conformance"), noise_at)
        offers_of(entry.create(self.options).run(problem), 1)
        assert drawn, "the method draws no noise from the problem"
        torch.testing.assert_close(drawn[0][:1], draw_noise(0, "gaussian", "toy", 0, (1, *model.latent_shape)))
        torch.testing.assert_close(model.started[0][0], drawn[0][0])

    def test_can_be_stopped_within_a_step_if_it_looks_up(self, entry: MethodEntry) -> None:
        """A method with bare yields works on one step at most between two yields, and so never overshoots by more."""
        model = ObservedModel()
        looks_up, steps = False, []
        for offered in pulled(entry.create(self.options).run(toy_problem(model=model)), STEPS):
            looks_up |= offered is None
            steps.append(set(model.predicted))
            model.predicted.clear()
        assert not looks_up or max(map(len, steps)) <= 1

    def test_is_deterministic(self, run: Callable[[Problem], list[Candidates]]) -> None:
        """The same seed gives the same candidates, whatever the global random state."""
        first = run(toy_problem(seed=3))
        torch.manual_seed(12345)
        for one, other in zip(first, run(toy_problem(seed=3)), strict=True):
            torch.testing.assert_close(one.samples, other.samples, rtol=0, atol=0)

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

    def test_works_without_a_gradient_unless_it_says_so(self, entry: MethodEntry) -> None:
        """A method not declared to need the gradient never asks for it."""
        if entry.facts.gradient:
            return

        def opaque(samples: Tensor, prompts: object) -> Tensor:
            return mean_reward(samples.detach(), prompts)

        assert offers_of(entry.create(self.options).run(toy_problem(reward=opaque)), STEPS)

    def test_gains_reward(self, run: Callable[[Problem], list[Candidates]], entry: MethodEntry) -> None:
        """Averaged over seeds, its incumbent after a few yields beats the sample it began with."""
        if not entry.facts.selects:
            return
        gains = []
        for seed in range(8):
            yields = run(toy_problem(seed=seed))
            gains.append(max(float(one.rewards.max()) for one in yields) - float(yields[0].rewards[0]))
        assert np.mean(gains) > 0
