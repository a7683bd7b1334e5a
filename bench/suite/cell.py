"""One cell of a suite: a method on one model, prompt, reward and seed under a budget."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, TypeVar

from bench.errors import InputError
from bench.registry import METHODS, METRICS, MODELS, REWARDS, Entry, Method, MethodFacts, ModelSpec, Registry, Reward
from bench.scoring.parts import black_boxes, leaves
from bench.suite.budget import Budget
from bench.suite.references import without_paths

_WITH_PATHS = ("model_options", "reward_options", "method_options", "metrics")
F = TypeVar("F")
P = TypeVar("P")


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

    @cached_property
    def id(self) -> str:
        """A folder name: readable, of at most 200 bytes, and unique by a hash of all that decides what the cell yields.

        That takes in the files of its plug-ins by what they hold, not where they lie: an edited one makes another cell.
        It leaves out `held_out`, so that a run may grow by a reward.
        """
        # As `asdict`, without its copy of every option: a suite may have 60,000 cells.
        values = {**vars(self), "budget": vars(self.budget), "sources": self.sources}
        del values["held_out"]
        values |= {field: without_paths(values[field]) for field in _WITH_PATHS}
        digest = sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:8]
        words = re.sub(r"[^a-z0-9]+", "-", self.prompt.lower()).strip("-")[:40]
        parts = [_plain(self.reward), words, f"s{self.seed}", _plain(self.method), digest]
        return "_".join(part for part in parts if part)

    @property
    def sources(self) -> dict[str, str]:
        """The sha256 of the files behind its plug-ins, as `source_digest` has them."""
        own = {
            "model": source_digest(MODELS, self.model, self.model_options),
            "reward": source_digest(REWARDS, self.reward, self.reward_options),
            "method": source_digest(METHODS, self.method, self.method_options),
        }
        metrics = self.metrics.items()
        return own | {f"metric {label}": source_digest(METRICS, label, options) for label, options in metrics}

    @property
    def judges(self) -> dict[str, str]:
        """The sha256 of the files behind its held-out rewards, by the columns that they fill."""
        return {f"held-out/{name}": source_digest(REWARDS, name, options) for name, options in self.held_out.items()}

    @property
    def black_box(self) -> bool:
        """Whether the reward's gradient is withheld."""
        return bool(self.reward_options.get("black_box", False)) or bool(self.without_gradient)

    @property
    def without_gradient(self) -> list[str]:
        """What in the reward gives no gradient by itself: nothing, the reward, or some of its parts."""
        return black_boxes(plugin(REWARDS, self.reward, self.reward_options).name, self.create_reward())

    @property
    def method_facts(self) -> MethodFacts:
        """What the method declared of itself."""
        return plugin(METHODS, self.method, self.method_options).facts

    def create_method(self) -> Method:
        """The method with its hyperparameters."""
        return create(METHODS, self.method, self.method_options)

    def create_reward(self) -> Reward:
        """The reward with its options."""
        return create(REWARDS, self.reward, self.reward_options)

    def create_model(self) -> ModelSpec:
        """The model with its options, not yet loaded."""
        return create(MODELS, self.model, self.model_options)


def plugin(registry: Registry[F, P], label: str, options: Mapping[str, Any]) -> Entry[F, P]:
    """The registration behind a label: the option `use` names it, else the label does.

    Raises:
        InputError: there is none, or `use` is no name.
    """
    name = options.get("use", label)
    if not isinstance(name, str):
        raise InputError(f"{registry.kind} {label!r}: `use` must be the name of a {registry.kind}, got {name!r}")
    return registry.get(name)


def create(registry: Registry[F, P], label: str, options: Mapping[str, Any]) -> P:
    """An instance of the plug-in behind a label.

    Raises:
        InputError: the plug-in is unknown or refuses its options.
    """
    own = {key: value for key, value in options.items() if key != "use"}
    if registry.kind == "reward" and not isinstance(black_box := own.pop("black_box", False), bool):
        raise InputError(f"reward {label!r}: black_box must be true or false, got {black_box!r}")
    return plugin(registry, label, options).create(own)


def source_digest(registry: Registry[F, P], label: str, options: Mapping[str, Any]) -> str:
    """The sha256 of the file that defines a plug-in; of a reward made of others, of all their digests."""
    entry = plugin(registry, label, options)
    if registry.kind != "reward":
        return entry.sha256
    parts = [REWARDS.get(leaf).sha256 for leaf, _ in leaves(entry.name, create(registry, label, options))]
    return entry.sha256 if parts == [entry.sha256] else sha256("".join([entry.sha256, *parts]).encode()).hexdigest()


def _plain(label: str) -> str:
    return re.sub(r"[^A-Za-z0-9.-]+", "-", label)[:60]
