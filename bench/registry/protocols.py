"""What an instance of each kind of plug-in offers."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from bench.problem import Candidates, Model, Problem


class Method(Protocol):
    """An alignment method; its fields are its hyperparameters."""

    def run(self, problem: "Problem", /) -> "Iterator[Candidates | None]":
        """A generator (see bench.problem.candidates): scored samples for ever, or until nothing is left to try."""
        ...


class Reward(Protocol):
    """A scorer; higher is better."""

    def __call__(self, samples: "Tensor", prompts: Sequence[str], /) -> "Tensor":
        """Scores `(n,)` float32 of samples `(n, ...)` made for `n` prompts."""
        ...


class ModelSpec(Protocol):
    """A model under sampling options, not yet loaded."""

    @property
    def steps(self) -> int:
        """Sampling steps."""
        ...

    def check_prompt(self, prompt: str, /) -> None:
        """Refuse what the model cannot draw.

        Raises:
            ValueError: what is wrong with the prompt.
        """
        ...

    def load(self, device: "torch.device", /) -> "Model":
        """The model on `device`."""
        ...


class Metric(Protocol):
    """A measure of single samples, taken off the clock."""

    def __call__(self, samples: "Tensor", prompts: Sequence[str], noise: "Tensor | None", /) -> "Mapping[str, Tensor]":
        """Columns of values `(n,)` for samples `(n, ...)` and the noise `(n, steps + 1, *latent_shape)` behind them.

        The noise is None where a method names none. The columns of a metric registered as NAME are `NAME`, `NAME/PART`
        and `NAME-PART`; tables have the metric's label in place of NAME. A `NAME/PART` is better in the direction that
        the metric declares, a `NAME-PART` in none. With any other column the metric is missing.

        Raises:
            ValueError: for samples, or for want of noise, that it cannot judge: the metric is then missing.
        """
        ...


class SetMetric(Protocol):
    """A measure of a set of samples: images uint8 `(n, 3, H, W)`, or points float32 `(n, d)`.

    It is called with these; if declared `against_base` then also with those of `base`; if declared `told_task` last
    with a `SetTask`.
    """

    @property
    def __call__(self) -> Callable[..., float | tuple[float, float]]:
        """The value, or the value and its standard error; ValueError for samples that it cannot judge."""
        ...


@dataclass(frozen=True)
class SetTask:
    """What a set of samples was made by and for.

    Attributes:
        model: that made them, not loaded.
        reward: that was pursued.
        prompt: of all of them; empty where a set spans all prompts.
    """

    model: ModelSpec
    reward: Reward
    prompt: str


@runtime_checkable
class ChecksModel(Protocol):
    """A method, reward, metric or set metric that does not go with every model."""

    def check_model(self, model: ModelSpec, /) -> None:
        """Refuse a model.

        Raises:
            ValueError: why it cannot work with it.
        """
        ...


class Composite(ABC):
    """A reward that is made of others, and says so by inheriting this: what is true of it follows from its parts."""

    @property
    @abstractmethod
    def parts(self) -> Mapping[str, Reward]:
        """Registered names to instances."""


class TensorReward(ABC):
    """A reward that is a function of tensors alone, and says so by inheriting this: a GPU can replay it as a graph.

    Score i depends on sample i alone.
    """

    @abstractmethod
    def told(self, prompts: Sequence[str], device: "torch.device") -> "tuple[Tensor, ...]":
        """What scoring has to know of n prompts, on `device`; each tensor has n rows."""

    @abstractmethod
    def score(self, samples: "Tensor", *told: "Tensor") -> "Tensor":
        """Scores `(n,)` of samples `(n, ...)`; from the second call on it neither copies nor reads on the host."""

    def __call__(self, samples: "Tensor", prompts: Sequence[str]) -> "Tensor":
        """Scores `(n,)` float32 of samples `(n, ...)` made for `n` prompts."""
        return self.score(samples, *self.told(prompts, samples.device))
