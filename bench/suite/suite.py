"""What to run: a YAML file of experiments, each the product of models, prompts, rewards, methods and seeds."""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from itertools import product
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, FiniteFloat, model_validator

from bench.errors import InputError, unknown_name
from bench.suite.budget import Budget
from bench.suite.cell import Cell
from bench.suite.compatibility import check_cell, check_prompt, check_set_metrics, scorable
from bench.suite.prompts import resolve, with_files_read
from bench.suite.shorthand import spelled_out
from bench.suite.yaml_lines import load_validated


def _named_options(value: object) -> object:
    """Allow a list of names for a mapping of names to options, and `path.py@name` for `name` with `use`."""
    if isinstance(value, list):
        value = dict.fromkeys(value)
    if not isinstance(value, dict):
        return value
    return dict(_labelled(str(name), options) for name, options in value.items())


def _labelled(name: str, options: object) -> tuple[str, object]:
    path, _, label = name.rpartition("@")
    if path and (options is None or isinstance(options, dict)):
        return label, {"use": name, **(options or {})}
    return name, {} if options is None else options


NamedOptions = Annotated[dict[str, dict[str, Any]], BeforeValidator(_named_options), Field(min_length=1)]
Metrics = Annotated[dict[str, dict[str, Any]], BeforeValidator(_named_options)]
Fraction = Annotated[float, Field(gt=0, le=1)]


def _ascending(ends: tuple[float, float]) -> tuple[float, float]:
    if not ends[0] < ends[1]:
        raise ValueError(f"must be [base, anchor] with base < anchor, got {list(ends)}")
    return ends


Anchor = Annotated[tuple[FiniteFloat, FiniteFloat], AfterValidator(_ascending)]


class Experiment(BaseModel):
    """A full product of what it lists.

    Attributes:
        models: names to options, such as `steps`.
        prompts: prompts, names of prompt sets, or paths of files of prompts, which are read at once.
        rewards: names to options; `black_box: true` cuts the gradient; `use` names the reward behind another label.
            In a file, `reward: {brightness: 0.5, contrast: 2}` stands for one weighted sum.
        methods: labels to hyperparameters; `use` names the method behind another label.
        seeds: seeds of the shared noise.
        budget: what each cell may spend: `10s`, `500nfe`, `100rewards`.
        checkpoints: fractions of the budget at which results are measured; the full budget always is.
        metrics: names to options of what is measured of a result, off the clock; `use` names the metric behind a label.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    models: NamedOptions = {"emoji": {}}
    prompts: Annotated[list[str], Field(min_length=1), AfterValidator(with_files_read)]
    rewards: NamedOptions
    methods: NamedOptions
    seeds: Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=1)]
    budget: str
    checkpoints: list[Fraction] = [0.25, 0.5, 1.0]
    metrics: Metrics = {}

    def cells(self, rewards: Mapping[str, dict[str, Any]]) -> list[Cell]:
        """All cells, those of one prompt and seed side by side; `rewards` are all of the suite's."""
        budget = Budget.parse(self.budget)
        watched = {model: scorable(rewards, model, options) for model, options in self.models.items()}
        return [
            Cell(
                model=model,
                model_options=self.models[model],
                prompt=prompt,
                reward=reward,
                reward_options=self.rewards[reward],
                method=method,
                method_options=self.methods[method],
                seed=seed,
                budget=budget,
                checkpoints=tuple(sorted({*self.checkpoints, 1.0})),
                metrics=self.metrics,
                held_out={name: options for name, options in watched[model].items() if name != reward},
            )
            for model, reward, prompt, seed, method in product(
                self.models, self.rewards, resolve(self.prompts), self.seeds, self.methods
            )
        ]


class Suite(BaseModel):
    """A named list of experiments; what stands beside `experiments` in the file holds for all of them.

    Attributes:
        set_metrics: names to options of what is measured of sets of images, across cells, after the run.
        anchors: rewards to the value that counts as 0 (the model by itself) and the greater one that counts as 1, for
            numbers that sum up several rewards. Declared before the run: they do not depend on what it finds.
        targets: rewards to values whose first reaching is timed, declared before the run.
        published: ids of published tables whose setting is near enough to stand beside ours.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")]
    description: str = ""
    set_metrics: Metrics = {}
    anchors: dict[str, Anchor] = {}
    targets: dict[str, Annotated[list[FiniteFloat], Field(min_length=1)]] = {}
    published: list[str] = []
    experiments: Annotated[list[Experiment], Field(min_length=1)]

    @model_validator(mode="before")
    @classmethod
    def _spread(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        fields = ("name", "description", "set_metrics", "anchors", "targets", "published")
        own = {key: value[key] for key in fields if key in value}
        shared = {key: value[key] for key in value if key not in {*own, "experiments"}}
        experiments = value.get("experiments", [{}])
        if not isinstance(experiments, list) or not all(isinstance(one, dict) for one in experiments):
            return {**own, "experiments": experiments}
        shared = spelled_out(shared)
        return {**own, "experiments": [{**shared, **spelled_out(one)} for one in experiments]}

    def cells(self) -> list[Cell]:
        """All cells in the order in which they run, each checked.

        Raises:
            InputError: a name, option, budget or prompt is wrong, or two experiments share a cell.
        """
        experiments = self._cells_by_experiment()
        for cells in experiments:
            _check(cells)
        models = {name: options for one in self.experiments for name, options in one.models.items()}
        check_set_metrics(self.set_metrics, models)
        for name in [*self.anchors, *self.targets]:
            if name not in self._rewards():
                raise unknown_name("reward among the anchors or targets", name, self._rewards())
        planned = [cell for cells in experiments for cell in cells]
        if len({cell.id for cell in planned}) < len(planned):
            raise InputError(f"suite {self.name!r}: two experiments ask for the same cell")
        return planned

    def planned(self) -> list[Cell]:
        """All cells, unchecked: to read what was run does not take the plug-ins that ran it."""
        return [cell for cells in self._cells_by_experiment() for cell in cells]

    def _cells_by_experiment(self) -> list[list[Cell]]:
        return [experiment.cells(self._rewards()) for experiment in self.experiments]

    def _rewards(self) -> dict[str, dict[str, Any]]:
        return {name: options for one in self.experiments for name, options in one.rewards.items()}

    def narrowed(self, changes: Mapping[str, Sequence[Any] | str]) -> "Suite":
        """This suite with fields of every experiment replaced; `methods` and `rewards` choose by name.

        A chosen name keeps its options where an experiment lists it; one that no experiment lists is added to all.

        Raises:
            InputError: nothing is left to run, or a file of prompts cannot be read.
        """
        if "prompts" in changes:
            changes = {**changes, "prompts": with_files_read(list(changes["prompts"]))}
        listed = {
            field: {name for one in self.experiments for name in getattr(one, field)}
            for field in ("methods", "rewards")
        }
        narrowed = [_narrow(experiment, changes, listed) for experiment in self.experiments]
        left = [experiment for experiment in narrowed if experiment.methods and experiment.rewards]
        if not left:
            raise InputError(f"suite {self.name!r}: no experiment has both {dict(changes)}")
        rewards = {name for one in left for name in one.rewards}
        update: dict[str, Any] = {
            field: {name: value for name, value in getattr(self, field).items() if name in rewards}
            for field in ("anchors", "targets")
        }
        return self.model_copy(update={"experiments": left, **update})


def _check(cells: Sequence[Cell]) -> None:
    """Check the cells of an experiment: no seed matters to any check, and a prompt only to its model."""
    for cell in {(one.model, one.reward, one.method): one for one in cells}.values():
        check_cell(cell)
    for cell in {(one.model, one.prompt): one for one in cells}.values():
        check_prompt(cell)


def _narrow(
    experiment: Experiment, changes: Mapping[str, Sequence[Any] | str], listed: Mapping[str, set[str]]
) -> Experiment:
    update: dict[str, Any] = dict(changes)
    for field in listed.keys() & update.keys():
        own: dict[str, dict[str, Any]] = getattr(experiment, field)
        wanted = [name for name in update[field] if name in own or name not in listed[field]]
        update[field] = dict(_labelled(name, own.get(name, {})) for name in wanted)
    return experiment.model_copy(update=update)


def shipped_suites() -> dict[str, Path]:
    """The suites that come with the package, by name."""
    folder = Path(str(files("bench.suite").joinpath("shipped")))
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def load_suite(name_or_path: str) -> Suite:
    """A shipped suite by name, or a YAML file by path.

    Raises:
        InputError: no such suite, or the file is not a valid one (with file, line, field and what was expected).
    """
    shipped = shipped_suites()
    path = shipped.get(name_or_path, Path(name_or_path))
    if path.suffix not in {".yaml", ".yml"}:
        raise unknown_name("suite", name_or_path, shipped)
    return load_validated(path, Suite, "suite")
