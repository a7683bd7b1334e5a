"""What goes together: model, reward, method and metrics of a cell, by what each of them declares."""

from collections.abc import Iterable, Mapping
from typing import Any

from bench.errors import InputError
from bench.registry import (
    METHODS,
    METRICS,
    MODELS,
    REWARDS,
    SET_METRICS,
    ChecksModel,
    Composite,
    Medium,
    ModelSpec,
    Registry,
    judges,
)
from bench.scoring.parts import leaves, out_of_place
from bench.suite.cell import Cell, create, plugin
from bench.suite.labels import check_metric_label

Options = Mapping[str, Mapping[str, Any]]
"""Labels to options."""


def check_cell(cell: Cell) -> None:
    """Refuse a cell that cannot run.

    Raises:
        InputError: an unknown name or option, a method, reward or metric that cannot work with the model, a method that
            needs a gradient that the reward does not give, a reward or metric that cannot judge what the model makes.
    """
    check_prompt(cell)
    _check_model(cell, METHODS, cell.method, cell.create_method())
    for label, options in cell.metrics.items():
        check_metric_label(label)
        create(METRICS, label, options)
    _check_media(cell)
    for _, leaf in leaves(cell.reward, cell.create_reward()):
        _check_model(cell, REWARDS, cell.reward, leaf)
    for label, options in cell.metrics.items():
        _check_model(cell, METRICS, label, create(METRICS, label, options))
    _check_gradient(cell)


def check_prompt(cell: Cell) -> None:
    """Refuse a prompt that the model cannot draw.

    Raises:
        InputError: what is wrong with it; or an unknown model or option.
    """
    try:
        cell.create_model().check_prompt(cell.prompt)
    except ValueError as error:
        raise InputError(f"model {cell.model!r} cannot draw this prompt: {error}") from None


def check_set_metrics(set_metrics: Options, models: Options) -> None:
    """Refuse set metrics that cannot be made, or that can judge what none of a suite's models makes.

    Raises:
        InputError: which, and what would do.
    """
    for label, options in set_metrics.items():
        check_metric_label(label)
        metric = create(SET_METRICS, label, options)
        media = plugin(SET_METRICS, label, options).facts.media
        made = {model: _medium(model, own) for model, own in models.items()}
        judged = {model: models[model] for model, medium in made.items() if judges(media, medium)}
        if not judged:
            raise _misfit(SET_METRICS, label, {label: media}, *next(iter(made.items())))
        if isinstance(metric, ChecksModel):
            _check_some_model(label, metric, judged)


def scorable(rewards: Options, model: str, options: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Those of `rewards` that can score what a model makes: its medium, and what they say of the model itself."""
    medium, spec = _medium(model, options), create(MODELS, model, options)
    fit = {label: own for label, own in rewards.items() if not _unfit(label, own, medium)}
    made = {label: leaves(label, create(REWARDS, label, own)) for label, own in fit.items()}
    return {label: fit[label] for label, parts in made.items() if not any(_refusal(one, spec) for _, one in parts)}


def _check_model(cell: Cell, registry: Registry[Any, Any], label: str, instance: object) -> None:
    why = _refusal(instance, cell.create_model())
    if why is not None:
        raise InputError(f"{registry.kind} {label!r} cannot work with model {cell.model!r}: {why}")


def _refusal(instance: object, model: ModelSpec) -> ValueError | None:
    """Why a plug-in cannot work with a model; None if it can."""
    if isinstance(instance, ChecksModel):
        try:
            instance.check_model(model)
        except ValueError as error:
            return error
    return None


def _check_some_model(label: str, metric: ChecksModel, models: Options) -> None:
    """Refuse a set metric that can work with none of `models`, of which there is one or more."""
    refused: list[InputError] = []
    for model, options in models.items():
        try:
            metric.check_model(create(MODELS, model, options))
        except ValueError as error:
            refused.append(InputError(f"set_metric {label!r} cannot work with model {model!r}: {error}"))
    if len(refused) == len(models):
        raise refused[0]


def _check_media(cell: Cell) -> None:
    medium = _medium(cell.model, cell.model_options)
    unfit = _unfit(cell.reward, cell.reward_options, medium)
    if unfit:
        raise _misfit(REWARDS, cell.reward, unfit, cell.model, medium)
    for label, options in cell.metrics.items():
        media = plugin(METRICS, label, options).facts.media
        if not judges(media, medium):
            raise _misfit(METRICS, label, {label: media}, cell.model, medium)


def _check_gradient(cell: Cell) -> None:
    if not (cell.black_box and cell.method_facts.gradient):
        return
    blamed = cell.without_gradient if isinstance(cell.create_reward(), Composite) else []
    because = f" because of {', '.join(map(repr, blamed))}" if blamed else ""
    able = [name for name in METHODS.names() if not METHODS.get(name).facts.gradient]
    raise InputError(
        f"method {cell.method!r} needs the gradient of reward {cell.reward!r}, which gives none{because}; "
        f"methods that would do: {', '.join(able)}"
    )


def _medium(model: str, options: Mapping[str, Any]) -> Medium:
    return plugin(MODELS, model, options).facts.medium


def _unfit(label: str, options: Mapping[str, Any], medium: Medium) -> dict[str, tuple[Medium, ...]]:
    """What in a reward cannot score `medium`, and what it can score."""
    name = plugin(REWARDS, label, options).name
    return {leaf: REWARDS.get(leaf).facts.media for leaf in out_of_place(name, create(REWARDS, label, options), medium)}


def _misfit(
    registry: Registry[Any, Any], label: str, unfit: Mapping[str, Iterable[Medium]], model: str, medium: Medium
) -> InputError:
    why = ", ".join(f"{name!r} judges {' or '.join(media)}" for name, media in unfit.items())
    able = [name for name in registry.names() if judges(registry.get(name).facts.media, medium)]
    return InputError(
        f"{registry.kind} {label!r} cannot judge what model {model!r} makes: {why}, not {medium}; "
        f"{registry.kind}s that would do: {', '.join(able) or 'none'}"
    )
