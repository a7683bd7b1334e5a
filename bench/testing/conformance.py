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
        assert entry.summary, "the class has no docstring"
        assert entry.facts.family, "its decorator names no family"
        assert entry.facts.paper, "its decorator names no paper"

    def test_options_round_trip(self, entry: MethodEntry) -> None:
        """The options of an instance make an equal instance."""
        made = entry.create(self.options)
        assert entry.create(resolved_options(made)) == made, "its own options make another instance"
        assert pickle.loads(pickle.dumps(made)) == made, "pickled and read again it is another instance"

    def test_unknown_option_is_refused(self, entry: MethodEntry) -> None:
        """A misspelt hyperparameter is an error, never ignored."""
        with pytest.raises(InputError, match="no_such_option"):
            entry.create({"no_such_option": 1})

    def test_is_a_generator(self, entry: MethodEntry) -> None:
        """The harness sends back, at each yield, the share of the budget that is left."""
        assert isinstance(entry.create(self.options).run(toy_problem()), Generator), "run has no yield"

    def test_yields_scored_samples(self, run: Callable[[Problem], list[Candidates]], entry: MethodEntry) -> None:
        """Samples, rewards and noise belong together: the noise makes the sample, the sample earns the reward."""
        problem = toy_problem()
        candidates = run(problem)
        assert candidates, "it ends before it has offered anything"
        for one in candidates:
            _require_close(problem.reward(one.samples), one.rewards, "problem.reward says otherwise of the samples")
            if one.noise is None:
                continue
            assert len(one.noise) == len(one.samples), f"{len(one.noise)} noises for {len(one.samples)} samples"
            if not entry.facts.own_sampling:
                _require_close(problem.generate(one.noise), one.samples, "the noise makes other samples")

    def test_starts_from_the_shared_noise(self, entry: MethodEntry) -> None:
        """The first noise drawn for a prompt and seed, and its first trajectory, are the same for every method."""
        drawn, model = [], ObservedModel()

        def noise_at(index: int, shape: tuple[int, ...]) -> Tensor:
            drawn.append(draw_noise(0, "gaussian", "toy", index, shape))
            return drawn[-1]

        problem = Problem(model, mean_reward, "toy", Meter(), stream("conformance"), noise_at)
        offers_of(entry.create(self.options).run(problem), 1)
        assert drawn, "the method draws no noise from the problem"
        shared = draw_noise(0, "gaussian", "toy", 0, (1, *model.latent_shape))
        _require_close(drawn[0][:1], shared, "what it draws first is not the first noise of the prompt and seed")
        _require_close(model.started[0][0], drawn[0][0], "its first trajectory starts from another noise")

    def test_can_be_stopped_within_a_step_if_it_looks_up(self, entry: MethodEntry) -> None:
        """A method with bare yields works on one step at most between two yields, and so never overshoots by more."""
        model = ObservedModel()
        looks_up, steps = False, []
        for offered in pulled(entry.create(self.options).run(toy_problem(model=model)), STEPS):
            looks_up |= offered is None
            steps.append(set(model.predicted))
            model.predicted.clear()
        most = max(map(len, steps))
        assert not looks_up or most <= 1, f"it predicts at {most} steps between two yields"

    def test_is_deterministic(self, run: Callable[[Problem], list[Candidates]]) -> None:
        """The same seed gives the same candidates, whatever the global random state."""
        first = run(toy_problem(seed=3))
        torch.manual_seed(12345)
        for one, other in zip(first, run(toy_problem(seed=3)), strict=True):
            message = "two runs of one seed differ; draw with problem.generator"
            _require_close(one.samples, other.samples, message, exact=True)

    def test_seeds_differ(self, run: Callable[[Problem], list[Candidates]]) -> None:
        """Another seed gives other samples."""
        one, other = run(toy_problem(seed=0))[0], run(toy_problem(seed=1))[0]
        assert not torch.equal(one.samples, other.samples), "two seeds give the same samples"

    def test_leaves_global_state_alone(
        self, run: Callable[[Problem], list[Candidates]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """No global random numbers are drawn and no file is written."""
        monkeypatch.chdir(tmp_path)
        before = torch.get_rng_state(), random.getstate(), np.random.get_state()[1].tolist()  # type: ignore[index]
        run(toy_problem())
        after = torch.get_rng_state(), random.getstate(), np.random.get_state()[1].tolist()  # type: ignore[index]
        assert torch.equal(before[0], after[0]), "it draws torch's global random numbers, not problem.generator's"
        assert before[1:] == after[1:], "it draws global random numbers of random or numpy"
        assert not list(tmp_path.iterdir()), "it writes a file"

    def test_reads_no_clock(self, entry: MethodEntry) -> None:
        """The harness owns the clock: a method neither reads one nor waits."""
        module = ast.parse(Path(entry.origin).read_text(encoding="utf-8"))
        imported = {alias.name for node in ast.walk(module) if isinstance(node, ast.Import) for alias in node.names}
        imported |= {node.module or "" for node in ast.walk(module) if isinstance(node, ast.ImportFrom)}
        clocks = sorted(imported & {"time", "timeit", "datetime"})
        assert not clocks, f"its file imports {', '.join(clocks)}"

    def test_counts_are_true(self, run: Callable[[Problem], list[Candidates]]) -> None:
        """Every reward call goes through the problem, and so through the meter."""
        scored = 0

        def counting(samples: Tensor, prompts: object) -> Tensor:
            nonlocal scored
            scored += len(samples)
            return mean_reward(samples, prompts)

        meter = Meter()
        run(toy_problem(reward=counting, meter=meter))
        assert scored > 0, "it asks for no reward"
        assert meter.reward_calls == scored, f"{scored} samples were scored, {meter.reward_calls} were counted"

    def test_works_without_a_gradient_unless_it_says_so(self, entry: MethodEntry) -> None:
        """A method not declared to need the gradient never asks for it."""
        if entry.facts.gradient:
            return

        def opaque(samples: Tensor, prompts: object) -> Tensor:
            return mean_reward(samples.detach(), prompts)

        assert offers_of(entry.create(self.options).run(toy_problem(reward=opaque)), STEPS), "it offers nothing"

    def test_gains_reward(self, run: Callable[[Problem], list[Candidates]], entry: MethodEntry) -> None:
        """Averaged over seeds, its incumbent after a few yields beats the sample it began with."""
        if not entry.facts.selects:
            return
        gains = []
        for seed in range(8):
            yields = run(toy_problem(seed=seed))
            gains.append(max(float(one.rewards.max()) for one in yields) - float(yields[0].rewards[0]))
        assert np.mean(gains) > 0, f"the mean gain of {len(gains)} seeds is {np.mean(gains):.3g}"


def _require_close(found: Tensor, expected: Tensor, message: str, exact: bool = False) -> None:
    """Fail with a message and with how far the tensors are apart, of one shape and type."""
    same = found.shape == expected.shape and found.dtype == expected.dtype
    apart = f"by up to {float((found - expected).abs().max()):.3g}" if same else f"{_kind(found)} and {_kind(expected)}"
    tolerance = 0.0 if exact else None
    torch.testing.assert_close(found, expected, msg=f"{message} ({apart})", rtol=tolerance, atol=tolerance)


def _kind(tensor: Tensor) -> str:
    return f"{str(tensor.dtype).removeprefix('torch.')} {tuple(tensor.shape)}"
