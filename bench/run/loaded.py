"""What stays loaded between the cells of one process: the model, and every reward and metric by name."""

import gc
import json
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from bench.errors import note
from bench.models.replay import Replay
from bench.problem import Model
from bench.problem.breaches import check_scores
from bench.registry import METRICS, MODELS, REWARDS, Reward, TensorReward
from bench.run.gpu import Gpu, open_gpu
from bench.run.pulse import Pulse
from bench.run.replayed_reward import replayed
from bench.run.weights import Weights
from bench.suite.cell import Cell, create, plugin

_KEEPERS = ("bench.scoring", "bench.models", "bench.metrics", "rewards", "dno_bench_file_")
"""Modules that keep networks for the next time that they are asked for."""


class Loaded:
    """One process on one device.

    Attributes:
        device: where everything runs.
        model: that of the cell, once one is loaded.
        reward: that of the cell, without its gradient where the cell withholds it.
        sample_shape: of one sample of the model.
        warm: what has been warmed up with this model, and what it showed; forgotten with the model.
        pulse: gives signs of life for whoever watches over this process.
    """

    model: Any  # a bench.problem.model.Model, once a cell is loaded
    reward: Reward
    sample_shape: tuple[int, ...]

    def __init__(self, device: torch.device, pulse: Pulse | None = None) -> None:
        self.device, self.pulse = device, pulse or Pulse()
        self.warm: dict[str, Any] = {}
        self._model_key = ""
        self._loaded: dict[str, Any] = {}
        self._noted: set[str] = set()
        self._weights, self._new = Weights(), True

    @cached_property
    def gpu(self) -> Gpu | None:
        """Tells what the device does; None for a processor, and where nobody can be asked, with a note."""
        return open_gpu(self.device, lambda text: self.note_once("gpu", text))

    def load(self, cell: Cell) -> None:
        """Make `model` and `reward` those of `cell`; what is loaded already is used again."""
        key = json.dumps([plugin(MODELS, cell.model, cell.model_options).name, cell.model_options])
        if key != self._model_key:
            # The old one goes first: two models need not fit on a device.
            self.model, self._model_key = None, ""
            self.warm.clear()
            _release()
            self.model, self._model_key = cell.create_model().load(self.device), key
            self.sample_shape, self._new = _sample_shape(self.model), True
        reward = self._replayed(cell.reward, cell.reward_options)
        self.reward = _black_box(cell.reward, reward) if cell.black_box else reward
        if self._new:
            self._learn_weights(cell)

    def weights_changed(self) -> list[str]:
        """The networks whose weights are not what they were when they were loaded; all is loaded again then."""
        changed = self._weights.changed()
        if changed:
            self._forget()
        elif self._new:  # metrics and held-out rewards, loaded when there was something to measure
            self._weights.take_in()
            self._new = False
        return changed

    def _learn_weights(self, cell: Cell) -> None:
        """Learn the weights of model and reward before any method runs; a reward may load its own when it scores."""
        with suppress(Exception):  # what fails here fails again where it counts
            sample = self.model.decode(torch.zeros(1, *self.model.latent_shape, device=self.model.device))[0]
            self.score(cell.reward, cell.reward_options, sample, cell.prompt)
        self._weights.take_in()
        self._new = False

    def _forget(self) -> None:
        """Let go of all that is loaded, and of what modules keep for the next time that it is asked for."""
        self.model, self._model_key, self._new = None, "", True
        self.warm.clear()
        self._loaded.clear()
        for module in [one for name, one in sys.modules.items() if name.startswith(_KEEPERS)]:
            for value in list(vars(module).values()):
                if hasattr(value, "cache_clear") and getattr(value, "__module__", "").startswith(_KEEPERS):
                    value.cache_clear()
        _release()

    def scorer(self, name: str, options: Mapping[str, Any]) -> Reward:
        """A reward, loaded once."""
        loaded: Reward = self._once(json.dumps(["reward", name, options]), lambda: create(REWARDS, name, options))
        return loaded

    def _replayed(self, name: str, options: Mapping[str, Any]) -> Reward:
        """The reward; as a graph where the model's predictions are and it is a function of tensors."""
        reward, replay = self.scorer(name, options), replay_of(self.model)
        differentiable = plugin(REWARDS, name, options).facts.differentiable
        if replay is None or not differentiable or not isinstance(reward, TensorReward):
            return reward
        return replayed(json.dumps([name, options]), reward, replay)

    @torch.no_grad()
    def score(self, name: str, options: Mapping[str, Any], sample: Tensor, prompt: str) -> float:
        """The score of one sample, off the clock and unmetered.

        Raises:
            RewardError: the reward gave something else than a finite score.
        """
        scores = self.scorer(name, options)(sample[None], [prompt])
        check_scores(scores, sample[None], name)
        return float(scores)

    def metric(self, name: str, options: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any `(...) -> columns`
        """A metric, `(samples, prompts, noise) -> {column: (n,)}`."""
        return self._once(json.dumps(["metric", name, options]), lambda: create(METRICS, name, options))

    def note_once(self, matter: str, text: str) -> None:
        """Print a note, unless this process has printed one on the same matter."""
        if matter not in self._noted:
            note(text)
            self._noted.add(matter)

    def _once(self, key: str, make: Callable[[], Any]) -> Any:  # noqa: ANN401
        if key not in self._loaded:
            self._loaded[key], self._new = make(), True
        return self._loaded[key]


def replay_of(model: Model) -> Replay | None:
    """What replays the model's predictions; None where nothing does."""
    replay: Replay | None = getattr(model, "replay", None)
    return replay


def _release() -> None:
    """Give back what the last model held, so that the next one finds as much free memory as a first one would."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


@torch.no_grad()
def _sample_shape(model: Model) -> tuple[int, ...]:
    return tuple(model.decode(torch.zeros(1, *model.latent_shape, device=model.device)).shape[1:])


def _black_box(name: str, reward: Reward) -> Reward:
    """The same scores; asking for their gradient is an error that says so."""

    def score(samples: Tensor, prompts: Any) -> Tensor:  # noqa: ANN401
        scores = reward(samples.detach(), prompts).detach()
        opaque: Tensor = _Opaque.apply(name, samples, scores)  # type: ignore[no-untyped-call]
        return opaque

    return score


class _Opaque(torch.autograd.Function):
    """Scores that depend on samples in a way that has no gradient."""

    @staticmethod
    def forward(ctx: Any, name: str, samples: Tensor, scores: Tensor) -> Tensor:  # noqa: ANN401
        ctx.name = name
        return scores.view_as(scores)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Any:  # noqa: ANN401
        raise RuntimeError(f"reward {ctx.name!r} is a black box: a method asked for its gradient")
