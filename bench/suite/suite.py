"""What to run: a YAML file of experiments, each the product of models, prompts, rewards, methods and seeds."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, FiniteFloat, model_validator

from bench.errors import unknown_name
from bench.suite.cell import Cell
from bench.suite.checks import check_cells, require_different_cells, require_one_meaning
from bench.suite.compatibility import check_set_metrics
from bench.suite.experiment import Experiment
from bench.suite.grids import with_grids
from bench.suite.named import EachOnce, Metrics
from bench.suite.narrowing import Changes, narrow
from bench.suite.paths import located, with_paths
from bench.suite.prompts import with_files_read
from bench.suite.shorthand import spread
from bench.suite.yaml_lines import load_validated, validated


def _ascending(ends: tuple[float, float]) -> tuple[float, float]:
    if not ends[0] < ends[1]:
        raise ValueError(f"must be [base, anchor] with base < anchor, got {list(ends)}")
    return ends


Anchor = Annotated[tuple[FiniteFloat, FiniteFloat], AfterValidator(_ascending)]


class Suite(BaseModel):
    """A named list of experiments; what stands beside `experiments` in the file holds for all of them.

    Attributes:
        set_metrics: names to options of what is measured of sets of samples, across cells, after the run.
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
    published: Annotated[list[str], EachOnce] = []
    experiments: Annotated[list[Experiment], Field(min_length=1)]

    @model_validator(mode="before")
    @classmethod
    def _spread(cls, value: object) -> object:
        return spread(value, set(cls.model_fields)) if isinstance(value, dict) else value

    @model_validator(mode="after")
    def _anchored(self) -> "Suite":
        for name in [*self.anchors, *self.targets]:
            if name not in self._rewards():
                raise unknown_name("reward among the anchors or targets", name, self._rewards())
        return self

    def cells(self) -> list[Cell]:
        """All cells in the order in which they run, each checked.

        Raises:
            InputError: a name, option, budget or prompt is wrong, a label means two things, or two experiments share a
                cell.
        """
        require_one_meaning(self.experiments)
        experiments = self._cells_by_experiment()
        for cells in experiments:
            check_cells(cells)
        models = {name: options for one in self.experiments for name, options in one.models.items()}
        check_set_metrics(self.set_metrics, models)
        planned = [cell for cells in experiments for cell in cells]
        require_different_cells(planned)
        return planned

    def planned(self) -> list[Cell]:
        """All cells in the order in which they run, unchecked."""
        return [cell for cells in self._cells_by_experiment() for cell in cells]

    def _cells_by_experiment(self) -> list[list[Cell]]:
        return [experiment.cells(self._rewards()) for experiment in self.experiments]

    def _rewards(self) -> dict[str, dict[str, Any]]:
        return {name: options for one in self.experiments for name, options in one.rewards.items()}

    def narrowed(self, changes: Changes) -> "Suite":
        """This suite with fields of every experiment replaced.

        `methods` and `rewards` choose by name: a chosen one keeps its options where an experiment lists it, the name of
        a grid chooses its variants, and one that no experiment lists is added to all, a method not to one whose cells
        it has from an earlier one. `prompts` may name files, as seen from the working folder. `limit` keeps the first
        so many prompts of each experiment.

        Raises:
            InputError: nothing is left to run, a value is not valid, or a file of prompts cannot be read.
        """
        if "prompts" in changes:
            changes = {**changes, "prompts": with_files_read(changes["prompts"], Path())}
        experiments = narrow(self.experiments, changes)
        rewards = {name for one in experiments for name in one["rewards"]}
        own: dict[str, Any] = {
            field: {name: value for name, value in getattr(self, field).items() if name in rewards}
            for field in ("anchors", "targets")
        }
        return validated({**self.model_dump(), **own, "experiments": experiments}, Suite, f"suite {self.name!r}")


def shipped_suites() -> dict[str, Path]:
    """The suites that come with the package, by name."""
    folder = Path(str(files("bench.suite").joinpath("shipped")))
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def load_suite(name_or_path: str) -> Suite:
    """A shipped suite by name, or a YAML file by path, its files of prompts read and its grids spelled out.

    Raises:
        InputError: no such suite, or the file is not a valid one (with file, line, field and what was expected).
    """
    shipped = shipped_suites()
    path = shipped.get(name_or_path, Path(name_or_path))
    if path.suffix not in {".yaml", ".yml"}:
        raise unknown_name("suite", name_or_path, shipped)
    return _resolved(load_validated(path, Suite, "suite"), path.parent, str(path))


def suite_from(fields: Mapping[str, Any]) -> Suite:
    """The suite of a mapping with the fields of a file; paths in it lead from the working folder.

    Raises:
        InputError: it is not a valid one (with field and what was expected).
    """
    return _resolved(validated(dict(fields), Suite, "suite"), Path(), "suite")


def _resolved(written: Suite, folder: Path, kind: str) -> Suite:
    """A suite as it was written in `folder`, its files of prompts read and its grids spelled out."""
    experiments = [with_grids(with_paths(one, folder)).model_dump() for one in written.experiments]
    set_metrics = located(written.set_metrics, folder)
    return validated({**written.model_dump(), "experiments": experiments, "set_metrics": set_metrics}, Suite, kind)
