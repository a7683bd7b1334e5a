"""Published numbers as data: results/published/*.yaml, one file a source, and what an entry must say.

results/published/README.md explains the fields to those who add numbers.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from bench.errors import InputError, unknown_name
from bench.suite.budget import Budget
from bench.suite.yaml_lines import load_validated

Text = Annotated[str, Field(min_length=1)]
Scalar = bool | int | float | str


def _not_zero(factor: float) -> float:
    if factor == 0:
        raise ValueError("factor must not be 0")
    return factor


def _budget(text: str) -> str:
    try:
        return text and str(Budget.parse(text))
    except InputError as error:
        raise ValueError(str(error)) from None


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Strict):
    """Where the numbers of a file come from.

    Attributes:
        title: of the paper, page or repository.
        paper: its address, or its venue where no address is known.
        repository, commit: the code, and the state of it that was read; empty where there is none.
    """

    title: Text
    paper: Text
    repository: str = ""
    commit: str = ""


class Tolerance(_Strict):
    """How far ours may lie from a published value: the larger of the two bounds.

    Attributes:
        absolute: in the unit of the value.
        relative: as a fraction of the value's magnitude.
    """

    absolute: Annotated[float, Field(ge=0)] = 0
    relative: Annotated[float, Field(ge=0)] = 0

    def allowed(self, value: float) -> float:
        """The bound for a published `value`."""
        return max(self.absolute, self.relative * abs(value))


class Ours(_Strict):
    """Where in a run of the entry's suite our value of a curve stands.

    Attributes:
        method: its label in the suite.
        column: of curves.csv.
        factor: what the column is multiplied by, -1 where a loss was published and we log a reward.
        steps: the published steps that are compared; all of them by default.
    """

    method: Text
    column: Text
    factor: Literal[1, -1] = 1
    steps: Annotated[list[int], Field(min_length=1)] | None = None


class Curve(_Strict):
    """Values over steps.

    Attributes:
        quantity, unit: what the values are.
        axis: what the steps count.
        steps, values: of equal length, steps ascending.
        standard_errors: of the values, where the source gives them.
        tolerance: of the values; where `gain_tolerance` is given, of the first one only.
        gain_tolerance: of the rise since the first value, for runs whose start depends on the noise.
        ours: what is compared with it; absent where no suite runs the setting.
    """

    quantity: Text
    unit: Text
    axis: Text
    steps: Annotated[list[int], Field(min_length=1)]
    values: list[float]
    standard_errors: list[Annotated[float, Field(ge=0)]] | None = None
    tolerance: Tolerance
    gain_tolerance: Tolerance | None = None
    ours: Ours | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        for name, column in (("values", self.values), ("standard_errors", self.standard_errors)):
            if column is not None and len(column) != len(self.steps):
                raise ValueError(f"{name} must be as many as steps, {len(self.steps)}, got {len(column)}")
        if self.steps != sorted(set(self.steps)):
            raise ValueError("steps must ascend")
        if self.ours and not set(self.ours.steps or []) <= set(self.steps):
            raise ValueError(f"ours.steps must be among the published steps {self.steps}")
        return self


class Column(_Strict):
    """A quantity of a table: its unit, and how far another's value may lie from it."""

    unit: Text
    tolerance: Annotated[float, Field(ge=0)]


class OurColumn(_Strict):
    """The reward that a column of a published table is about.

    Attributes:
        reward: its label in a suite.
        factor: what our reward is multiplied by to have the column's unit, such as 0.01 for /100; not 0.
    """

    reward: Text
    factor: Annotated[float, AfterValidator(_not_zero)] = 1


class OurRow(_Strict):
    """What of ours a row of a published table is compared with.

    Attributes:
        method: its label in a suite.
        budget: as a suite writes it, such as `60s`, a checkpoint of the run; the run's largest by default.
    """

    method: Text
    budget: Annotated[str, AfterValidator(_budget)] = ""


class TableOurs(_Strict):
    """What in a table of ours a published one stands beside: nothing of that is guessed from names.

    Attributes:
        model: its label in a suite.
        columns: names of published columns to rewards; a column that is left out is about no target of ours.
        rows: labels of published rows to methods; a row that is left out is shown without a verdict.
    """

    model: Text
    columns: Annotated[dict[str, OurColumn], Field(min_length=1)]
    rows: dict[str, OurRow] = {}


class NumberTable(_Strict):
    """Values by row, as the source prints them; null where it prints none.

    Attributes:
        columns: names to units and tolerances.
        rows: labels, such as methods, to as many values as there are columns.
        spread: labels of rows to what the source prints behind its values.
        spread_is: what that spread is, in words.
        ours: where it stands in our tables; a suite that names the entry under `published` shows it there.
    """

    columns: Annotated[dict[str, Column], Field(min_length=1)]
    rows: Annotated[dict[str, list[float | None]], Field(min_length=1)]
    spread: dict[str, list[float | None]] = {}
    spread_is: str = ""
    ours: TableOurs | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        for label, values in [*self.rows.items(), *self.spread.items()]:
            if len(values) != len(self.columns):
                raise ValueError(f"row {label!r} must have {len(self.columns)} values, got {len(values)}")
        if not set(self.spread) <= set(self.rows):
            raise ValueError(f"spread must be of rows: {', '.join(self.rows)}")
        if self.spread and not self.spread_is:
            raise ValueError("spread needs spread_is, which says what it is (write 'not stated' if it is not)")
        for name, known in (("columns", self.columns), ("rows", self.rows)):
            if self.ours and not set(getattr(self.ours, name)) <= set(known):
                raise ValueError(f"ours.{name} must be among the table's {name}: {', '.join(known)}")
        return self


class Entry(_Strict):
    """Numbers of one setting.

    Attributes:
        id: how it is called on the command line.
        title: what it is, in a line.
        where: in the source: table, page or file.
        checked: "primary" if the source itself was read, "secondary" if only a text that quotes it was.
        read_in: that text.
        setting: all that is known of how the numbers were made.
        n: what each value stands for, such as "200 prompts, one image each".
        curves, table: the values.
        tolerance_why: the reason for the tolerances.
        suite: runs the setting: a shipped suite, or a YAML file beside this one.
        missing: where there is no suite, what it would take to run the setting.
        differences: what is different in the suite's setting.
        caveats: what to know before one compares with the numbers.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")]
    title: Text
    where: Text
    checked: Literal["primary", "secondary"]
    read_in: str = ""
    setting: Annotated[dict[str, Scalar | list[Scalar]], Field(min_length=1)]
    n: Text
    curves: list[Curve] = []
    table: NumberTable | None = None
    tolerance_why: Text
    suite: Text | None = None
    missing: Text | None = None
    differences: list[Text] = []
    caveats: list[Text] = []

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if not self.curves and self.table is None:
            raise ValueError("an entry needs values: curves, a table or both")
        if self.checked == "secondary" and not self.read_in:
            raise ValueError("checked: secondary needs read_in, the text in which the numbers were read")
        if (self.suite is None) == (self.missing is None):
            raise ValueError("an entry has either a suite that runs it or `missing`, which says why there is none")
        if any((curve.ours is None) != (self.suite is None) for curve in self.curves):
            raise ValueError("a suite needs `ours` in every curve, and `ours` needs a suite")
        if self.suite and not self.curves:
            raise ValueError("a suite is compared with curves, and there is none")
        return self


class Document(_Strict):
    """A file of results/published."""

    source: Source
    entries: Annotated[list[Entry], Field(min_length=1)]


@dataclass(frozen=True)
class Published:
    """An entry with its source and the file that holds it."""

    entry: Entry
    source: Source
    path: Path

    @property
    def suite(self) -> str | None:
        """What `load_suite` finds the entry's suite by: its name, or its path, which is relative to the file."""
        name = self.entry.suite
        return str(self.path.parent / name) if name and name.endswith((".yaml", ".yml")) else name


def published_folder() -> Path:
    """The folder of the shipped numbers: in the package where it is installed, else in the source tree."""
    package = Path(str(files("bench")))
    installed = package / "_published"
    return installed if installed.is_dir() else package.parent / "results" / "published"


def load_published(path: Path) -> dict[str, Published]:
    """The entries of one file, by id.

    Raises:
        InputError: it cannot be read or is not valid (with file, line, field and what was expected).
    """
    document = load_validated(path, Document, "published numbers")
    ids = [entry.id for entry in document.entries]
    if len(set(ids)) < len(ids):
        raise InputError(f"{path}: two entries have the same id; ids are {', '.join(ids)}")
    return {entry.id: Published(entry, document.source, path) for entry in document.entries}


def require_published(ids: Iterable[str]) -> None:
    """Refuse a suite that names published numbers which are not there.

    Raises:
        InputError: no such entry, or its file is not valid.
    """
    for name in ids:
        find_published(name)


def all_published() -> dict[str, Published]:
    """The shipped entries by id.

    Raises:
        InputError: a file is not valid, or two files use one id.
    """
    found: dict[str, Published] = {}
    for path in sorted(published_folder().glob("*.yaml")):
        for name, one in load_published(path).items():
            if name in found:
                raise InputError(f"{path}: id {name!r} stands in {found[name].path} already")
            found[name] = one
    return found


def find_published(name: str) -> Published:
    """A shipped entry by its id, or one of another file as `path.yaml@id`.

    Raises:
        InputError: no such entry, or its file is not valid.
    """
    path, at, plain = name.rpartition("@")
    entries = load_published(Path(path)) if at else all_published()
    if plain not in entries:
        raise unknown_name("published entry", plain, entries)
    return entries[plain]
