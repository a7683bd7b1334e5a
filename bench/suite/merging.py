"""What was asked of a run by several commands, as one suite."""

from collections.abc import Mapping
from typing import Any

from bench.suite.experiment import Experiment
from bench.suite.references import without_paths
from bench.suite.suite import Suite

_PRODUCT = ("models", "prompts", "rewards", "methods", "seeds")


def merged(held: Suite, latest: Suite) -> Suite:
    """Both suites as one; where they disagree, `latest` holds.

    Anchors and targets of a reward that `latest` does not run stay what they were, and so do set metrics and published
    tables that it does not name.
    """
    experiments = list(held.experiments)
    for one in latest.experiments:
        _add(experiments, one)
    rewards = labels(latest)["rewards"]
    kept = {
        field: {name: value for name, value in getattr(held, field).items() if name not in rewards}
        | getattr(latest, field)
        for field in ("anchors", "targets")
    }
    both = {field: _both(getattr(held, field), getattr(latest, field)) for field in ("set_metrics", "published")}
    return latest.model_copy(update={"experiments": experiments, **kept, **both})


def labels(suite: Suite) -> dict[str, dict[str, Mapping[str, Any]]]:
    """The options that stand behind each label of a suite, by kind: `{"methods": {"dno": {...}}, ...}`."""
    kinds = ("models", "rewards", "methods", "metrics")
    return {
        kind: {label: options for one in suite.experiments for label, options in getattr(one, kind).items()}
        for kind in kinds
    } | {"set_metrics": suite.set_metrics}


def _add(experiments: list[Experiment], new: Experiment) -> None:
    """Add an experiment: in place of what it asks for anew, or by widening another if that says the same."""
    experiments[:] = [one for one in experiments if one.budget != new.budget or _lacks(new, _union(new, one))]
    for index, one in enumerate(experiments):
        if _same_but_product(one, new) and _is_product(one, new):
            experiments[index] = _union(one, new)
            return
    experiments.append(new)


def _same_but_product(one: Experiment, other: Experiment) -> bool:
    fields = set(Experiment.model_fields) - set(_PRODUCT)
    return all(without_paths(getattr(one, name)) == without_paths(getattr(other, name)) for name in fields)


def _is_product(one: Experiment, other: Experiment) -> bool:
    """Whether the cells of both are those of their union: one has all of the other, or they differ in one thing."""
    union = _union(one, other)
    own, others = _lacks(one, union), _lacks(other, union)
    return not own or not others or (own == others and len(own) == 1)


def _union(one: Experiment, other: Experiment) -> Experiment:
    return other.model_copy(update={name: _both(getattr(one, name), getattr(other, name)) for name in _PRODUCT})


def _both(one: Any, other: Any) -> Any:  # noqa: ANN401 - two lists, or two mappings
    return one | other if isinstance(one, dict) else [*one, *(value for value in other if value not in one)]


def _lacks(experiment: Experiment, union: Experiment) -> set[str]:
    """The fields in which an experiment has less than its union with another."""
    return {name for name in _PRODUCT if len(getattr(experiment, name)) < len(getattr(union, name))}
