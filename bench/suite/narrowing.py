"""A suite cut down or changed from the command line: fewer methods, other prompts, a smaller budget."""

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any, Literal, TypedDict

from bench.errors import InputError
from bench.suite.experiment import Experiment
from bench.suite.grids import is_variant
from bench.suite.named import labelled
from bench.suite.prompts import resolve

_BY_NAME: tuple[Literal["methods"], Literal["rewards"]] = ("methods", "rewards")


class Changes(TypedDict, total=False):
    """What may be changed; see `Suite.narrowed`."""

    methods: Sequence[str]
    rewards: Sequence[str]
    prompts: Sequence[str]
    limit: int
    seeds: Sequence[int]
    budget: str


def narrow(experiments: Sequence[Experiment], changes: Changes) -> list[dict[str, Any]]:
    """The fields of the experiments that are left, unchecked; see `Suite.narrowed`.

    Raises:
        InputError: nothing is left to run, or a name is asked for twice.
    """
    listed: dict[str, set[str]] = {
        field: {name for one in experiments for entry in getattr(one, field).items() for name in _names(*entry)}
        for field in _BY_NAME
    }
    narrowed = [
        _narrow(one, changes, listed, adds=not any(_covers(earlier, one) for earlier in experiments[:place]))
        for place, one in enumerate(experiments)
    ]
    left = [fields for fields in narrowed if all(fields[field] for field in _BY_NAME)]
    if not left:
        asked = " and ".join(f"{field} {', '.join(changes[field])}" for field in _BY_NAME if field in changes)
        raise InputError(f"no experiment of the suite has {asked}")
    return left


def _covers(earlier: Experiment, later: Experiment) -> bool:
    """Whether a method that both had would ask for all cells of the later experiment in the earlier one, too."""
    apart = {*_BY_NAME}
    alike = earlier.model_dump(exclude=apart) == later.model_dump(exclude=apart)
    return alike and all(earlier.rewards.get(name) == options for name, options in later.rewards.items())


def _narrow(experiment: Experiment, changes: Changes, listed: Mapping[str, Set[str]], adds: bool) -> dict[str, Any]:
    fields = experiment.model_dump()
    fields |= {field: value for field, value in changes.items() if field in fields}
    for field in _BY_NAME:
        if field in changes:
            fields[field] = _chosen(
                getattr(experiment, field), changes[field], listed[field], adds or field == "rewards"
            )
    if "limit" in changes:
        fields["prompts"] = resolve(fields["prompts"])[: changes["limit"]]
    return fields


def _chosen(own: Mapping[str, Any], names: Sequence[str], listed: Set[str], adds: bool) -> dict[str, Any]:
    """What of an experiment's own is asked for; with `adds`, a name that no experiment lists is added as it is."""
    chosen: dict[str, Any] = {}
    for name in names:
        found = dict(_found(own, name, listed, adds))
        if twice := found.keys() & chosen.keys():
            raise InputError(f"{min(twice)!r} is asked for twice")
        chosen |= found
    return chosen


def _found(own: Mapping[str, Any], name: str, listed: Set[str], adds: bool) -> Iterable[tuple[str, Any]]:
    if name in listed:
        return [entry for entry in own.items() if name in _names(*entry)]
    if any(is_variant(one, name) for one in listed):
        return [entry for entry in own.items() if is_variant(entry[0], name)]
    return [labelled(name, {})] if adds else []


def _names(label: str, options: Mapping[str, Any]) -> set[str]:
    """What an entry can be called: by its label, and by the `path.py@label` that it was written as."""
    use = str(options.get("use", label))
    return {label, use} if use.endswith(f"@{label}") else {label}
