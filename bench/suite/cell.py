"""One cell of a suite: a method on one model, prompt, reward and seed under a budget."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from bench.errors import InputError
from bench.registry import METHODS, METRICS, MODELS, REWARDS, Entry, Registry
from bench.scoring.parts import black_boxes
from bench.suite.budget import Budget


@dataclass(frozen=True)
class Cell:
    """Everything that decides what a cell computes.

    Attributes:
        model, reward, method: labels; the option `use` names the plug-in behind one, else the label does.
        checkpoints: fractions of the budget, ascending, the last one 1.
        metrics: what is measured of a result, off the clock, with options.
        held_out: rewards that score the result without being optimised, with their options.
    """

    model: str
    model_options: Mapping[str, Any]
    prompt: str
    reward: str
    reward_options: Mapping[str, Any]
    method: str
    method_options: Mapping[str, Any]
    seed: int
    budget: Budget
    checkpoints: tuple[float, ...]
    metrics: Mapping[str, Mapping[str, Any]]
    held_out: Mapping[str, Mapping[str, Any]]

    @property
    def id(self) -> str:
        """A folder name: readable, and unique by a hash of everything in the cell."""
        # As `asdict`, without its copy of every option: a suite may have 60,000 cells.
        values = {**vars(self), "budget": vars(self.budget)}
        digest = sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:8]
        words = re.sub(r"[^a-z0-9]+", "-", self.prompt.lower()).strip("-")[:40]
        parts = [_plain(self.reward), words, f"s{self.seed}", _plain(self.method), digest]
        return "_".join(part for part in parts if part)

    @property
    def black_box(self) -> bool:
        """Whether the reward's gradient is withheld."""
        return bool(self.reward_options.get("black_box", False) or self._black_boxes)

    @property
    def _black_boxes(self) -> list[str]:
        return black_boxes(plugin(REWARDS, self.reward, self.reward_options).name, self.create_reward())

    @property
    def method_facts(self) -> Mapping[str, Any]:
        """What the method declared of itself."""
        return plugin(METHODS, self.method, self.method_options).facts

    def create_method(self) -> Any:  # noqa: ANN401 - any object with `run(problem)`
        """The method with its hyperparameters."""
        return create(METHODS, self.method, self.method_options)

    def create_reward(self) -> Any:  # noqa: ANN401 - any `(samples, prompts) -> (n,)`
        """The reward with its options."""
        return create(REWARDS, self.reward, self.reward_options)

    def create_model(self) -> Any:  # noqa: ANN401 - any object with `load(device)`
        """The model with its options, not yet loaded."""
        return create(MODELS, self.model, self.model_options)

    def check(self) -> None:
        """Refuse what cannot run before anything runs.

        Raises:
            InputError: an unknown name or option, or a gradient method on a reward that gives no gradient.
        """
        self.create_reward()
        self.check_prompt()
        model = self.create_model()
        try:
            self._check_method(model)
        except ValueError as error:
            raise InputError(f"method {self.method!r} cannot work with model {self.model!r}: {error}") from None
        for name, options in self.metrics.items():
            create(METRICS, name, options)
        if self.black_box and self.method_facts["gradient"]:
            able = [name for name in METHODS.names() if not METHODS.get(name).facts["gradient"]]
            raise InputError(
                f"method {self.method!r} needs the gradient of reward {self.reward!r}, which gives none"
                f"{self._because_of_parts()}; methods that would do: {', '.join(able)}"
            )

    def check_prompt(self) -> None:
        """Refuse a prompt that the model cannot draw.

        Raises:
            InputError: what is wrong with it; or an unknown model or option.
        """
        try:
            self.create_model().check_prompt(self.prompt)
        except ValueError as error:
            raise InputError(f"model {self.model!r} cannot draw this prompt: {error}") from None

    def _because_of_parts(self) -> str:
        if not hasattr(self.create_reward(), "parts") or not self._black_boxes:
            return ""
        return f" because of {', '.join(map(repr, self._black_boxes))}"

    def _check_method(self, model: Any) -> None:  # noqa: ANN401
        method = self.create_method()
        if hasattr(method, "check_model"):
            method.check_model(model)


def plugin(registry: Registry, label: str, options: Mapping[str, Any]) -> Entry:
    """The registration behind a label: the option `use` names it, else the label does."""
    return registry.get(str(options.get("use", label)))


def create(registry: Registry, label: str, options: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """An instance of the plug-in behind a label."""
    own = {key: value for key, value in options.items() if key not in {"use", "black_box"}}
    return plugin(registry, label, options).create(own)


def _plain(label: str) -> str:
    return re.sub(r"[^A-Za-z0-9.-]+", "-", label)
