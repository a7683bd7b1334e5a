"""What a file of published numbers must say: results/published/README.md explains the fields to those who add some."""

from math import nan
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from bench.errors import InputError
from bench.suite.budget import Budget

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
    """Where ours stands: the cells of one setting. Nothing of that is guessed from names.

    Attributes:
        model, reward, method: labels in a suite; without a method the published rows are shown without a verdict.
        steps: sampling steps that the model must take; any by default.
        budget: as a suite writes it: beside a curve the whole budget of the cells; beside a table the checkpoint that
            is read, the last by default.
        factor: what ours is multiplied by to have the published unit: -1 for a loss, 0.01 for /100; not 0.
        logged: beside a curve, the column of curves.csv.
        at: beside a curve, the published steps that are compared; all of them by default.
        column: beside a table, the published column that is about this reward.
        row: beside a table, the published row that is of this method; all rows that no other place names by default.
    """

    model: Text
    reward: Text
    method: str = ""
    steps: Annotated[int, Field(gt=0)] | None = None
    budget: Annotated[str, AfterValidator(_budget)] = ""
    factor: Annotated[float, AfterValidator(_not_zero)] = 1
    logged: str = ""
    at: Annotated[list[int], Field(min_length=1)] | None = None
    column: str = ""
    row: str = ""


class Point(NamedTuple):
    """A value of a curve, what would be true, and the error of the value."""

    step: int
    value: float
    truth: float
    error: float


class Curve(_Strict):
    """Values over steps.

    Attributes:
        quantity, unit: what the values are.
        axis: what the steps count.
        steps, values: of equal length, steps ascending; null where the source prints nothing: ours has no verdict then.
        truth: what a method that did exactly what it claims would have, where that is known.
        standard_errors: of the values, where the source gives them.
        tolerance: of the values; where `gain_tolerance` is given, of the first one only.
        gain_tolerance: of the rise since the first value, for runs whose start depends on the noise.
        ours: what is compared with it; absent where no suite runs the setting.
    """

    quantity: Text
    unit: Text
    axis: Text
    steps: Annotated[list[int], Field(min_length=1)]
    values: list[float | None]
    truth: list[float] | None = None
    standard_errors: list[Annotated[float, Field(ge=0)]] | None = None
    tolerance: Tolerance
    gain_tolerance: Tolerance | None = None
    ours: Ours | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        for name, column in (
            ("values", self.values),
            ("truth", self.truth),
            ("standard_errors", self.standard_errors),
        ):
            if column is not None and len(column) != len(self.steps):
                raise ValueError(f"{name} must be as many as steps, {len(self.steps)}, got {len(column)}")
        if self.steps != sorted(set(self.steps)):
            raise ValueError("steps must ascend")
        if self.gain_tolerance and (self.truth or None in self.values):
            raise ValueError("gain_tolerance goes with a value at each step, and with no truth")
        if self.ours and not set(self.ours.at or []) <= set(self.steps):
            raise ValueError(f"ours.at must be among the published steps {self.steps}")
        if self.ours and not (self.ours.method and self.ours.budget and self.ours.logged):
            raise ValueError("ours needs a method, its budget, and `logged`, the column of curves.csv that is compared")
        return self

    def points(self) -> list[Point]:
        """Its values, one after another, NaN for what is not known."""
        unknown = [None] * len(self.steps)
        columns = zip(self.values, self.truth or unknown, self.standard_errors or unknown, strict=True)
        known = [[nan if number is None else number for number in numbers] for numbers in columns]
        return [Point(step, *numbers) for step, numbers in zip(self.steps, known, strict=True)]


class Column(_Strict):
    """A quantity of a table: its unit, and how far another's value may lie from it."""

    unit: Text
    tolerance: Annotated[float, Field(ge=0)]


class NumberTable(_Strict):
    """Values by row, as the source prints them; null where it prints none.

    Attributes:
        columns: names to units and tolerances.
        rows: labels, such as methods, to as many values as there are columns.
        spread: labels of rows to what the source prints behind its values.
        spread_is: what that spread is, in words.
        ours: where its numbers stand in our tables; a suite that names the entry under `published` shows them there.
    """

    columns: Annotated[dict[str, Column], Field(min_length=1)]
    rows: Annotated[dict[str, list[float | None]], Field(min_length=1)]
    spread: dict[str, list[float | None]] = {}
    spread_is: str = ""
    ours: list[Ours] = []

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        for label, values in [*self.rows.items(), *self.spread.items()]:
            if len(values) != len(self.columns):
                raise ValueError(f"row {label!r} must have {len(self.columns)} values, got {len(values)}")
        if not set(self.spread) <= set(self.rows):
            raise ValueError(f"spread must be of rows: {', '.join(self.rows)}")
        if self.spread and not self.spread_is:
            raise ValueError("spread needs spread_is, which says what it is (write 'not stated' if it is not)")
        for ours in self.ours:
            if ours.column not in self.columns:
                raise ValueError(f"ours.column must be among the table's columns: {', '.join(self.columns)}")
            if (ours.row or ours.method) and (ours.row not in self.rows or not ours.method):
                raise ValueError(f"ours needs both row and method, or neither; rows are {', '.join(self.rows)}")
        return self

    def place(self, column: str, row: str) -> Ours | None:
        """Where ours stands for a value: the place of its row, else that of its column, None for none."""
        places = {ours.row: ours for ours in self.ours if ours.column == column}
        return places.get(row, places.get(""))


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
        truth_why: what the truth is, and why what was published is not the same.
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
    truth_why: str = ""
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
        if any(curve.truth for curve in self.curves) != bool(self.truth_why):
            raise ValueError("truth needs truth_why, which says what it is, and truth_why needs a truth")
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
