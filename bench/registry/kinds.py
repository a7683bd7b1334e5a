"""The five kinds of plug-ins and the decorators that register them."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from bench.registry.facts import Medium, MethodFacts, MetricFacts, ModelFacts, RewardFacts, SetMetricFacts
from bench.registry.protocols import Method, Metric, ModelSpec, Reward, SetMetric
from bench.registry.registry import Registry

METHODS: Registry[MethodFacts, Method] = Registry("method", "methods", ("run",))
REWARDS: Registry[RewardFacts, Reward] = Registry("reward", "rewards", ("__call__",))
MODELS: Registry[ModelFacts, ModelSpec] = Registry("model", "bench.models", ("steps", "check_prompt", "load"))
METRICS: Registry[MetricFacts, Metric] = Registry("metric", "bench.metrics", ("__call__",))
SET_METRICS: Registry[SetMetricFacts, SetMetric] = Registry("set_metric", "bench.metrics.sets", ("__call__",))

REGISTRIES: Mapping[str, Registry[Any, Any]] = {
    "models": MODELS,
    "rewards": REWARDS,
    "methods": METHODS,
    "metrics": METRICS,
    "set_metrics": SET_METRICS,
}
"""All of them, by the field of a suite that names their plug-ins."""

M = TypeVar("M", bound=Method)
R = TypeVar("R", bound=Reward)
S = TypeVar("S", bound=ModelSpec)
T = TypeVar("T", bound=Metric)
U = TypeVar("U", bound=SetMetric)


def register_method(
    name: str,
    *,
    family: str,
    paper: str,
    gradient: bool = False,
    anytime: bool = True,
    selects: bool = True,
    own_sampling: bool = False,
) -> Callable[[type[M]], type[M]]:
    """Register an alignment method under the name that suites and tables call it; `MethodFacts` says what it declares.

    Raises:
        InputError: what is decorated is no dataclass with `run`, or the name is taken.
    """
    facts = MethodFacts(
        family=family, paper=paper, gradient=gradient, anytime=anytime, selects=selects, own_sampling=own_sampling
    )
    return METHODS.register(name, facts)


def register_reward(
    name: str,
    *,
    differentiable: bool,
    range: tuple[float, float] | None,
    paper: str,
    licence: str = "Apache-2.0",
    weights: str = "none",
    media: tuple[Medium, ...] = ("image",),
) -> Callable[[type[R]], type[R]]:
    """Register a reward; one name is one scorer: exact weights, preprocessing and scale. Facts: `RewardFacts`.

    Raises:
        InputError: what is decorated is no dataclass with `__call__`, or the name is taken.
    """
    facts = RewardFacts(
        differentiable=differentiable, range=range, paper=paper, licence=licence, weights=weights, media=media
    )
    return REWARDS.register(name, facts)


def register_model(
    name: str, *, licence: str, weights: str, paper: str, medium: Medium = "image"
) -> Callable[[type[S]], type[S]]:
    """Register a model: a dataclass of sampling options, `ModelSpec`. Facts: `ModelFacts`.

    Raises:
        InputError: what is decorated is no dataclass with `steps`, `check_prompt` and `load`, or the name is taken.
    """
    return MODELS.register(name, ModelFacts(licence=licence, weights=weights, paper=paper, medium=medium))


def register_metric(
    name: str, *, higher_is_better: bool | None, paper: str, media: tuple[Medium, ...] = ("image",)
) -> Callable[[type[T]], type[T]]:
    """Register a metric of single samples. Facts: `MetricFacts`.

    Raises:
        InputError: what is decorated is no dataclass with `__call__`, or the name is taken.
    """
    return METRICS.register(name, MetricFacts(higher_is_better=higher_is_better, paper=paper, media=media))


def register_set_metric(
    name: str,
    *,
    higher_is_better: bool | None,
    paper: str,
    against_base: bool = False,
    told_task: bool = False,
    media: tuple[Medium, ...] = ("image",),
) -> Callable[[type[U]], type[U]]:
    """Register a metric of sets of samples, taken after a run from those that it stored. Facts: `SetMetricFacts`.

    It judges the samples of one (model, reward, method, prompt) across seeds; or, `against_base`, those of one (model,
    reward, method) over all prompts and those of `base`. It raises ValueError for samples that it cannot judge, such as
    too few.

    Raises:
        InputError: what is decorated is no dataclass with `__call__`, or the name is taken.
    """
    facts = SetMetricFacts(
        higher_is_better=higher_is_better, paper=paper, against_base=against_base, told_task=told_task, media=media
    )
    return SET_METRICS.register(name, facts)
