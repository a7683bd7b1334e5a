"""Published numbers reproduced: the suite that runs their setting, and what came out beside them."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from bench.analysis.published.compare import compare
from bench.analysis.published.entries import Curve, Ours, Published
from bench.errors import InputError
from bench.store.files import write_atomically
from bench.store.tables import read_tables
from bench.suite.cell import create
from bench.suite.experiment import Experiment
from bench.suite.plugins import plugins_of
from bench.suite.suite import Suite, load_suite


def suite_of(published: Published) -> Suite:
    """The suite that runs the setting of `published`, all of it checked.

    Raises:
        InputError: there is no such suite, or something that it needs is not there; says what.
    """
    name = published.entry.id
    if published.suite is None:
        raise InputError(f"{name!r} cannot be reproduced here; missing: {published.entry.missing}")
    suite = load_suite(published.suite)
    lacking = sorted({problem for one in suite.experiments for problem in _problems(one)})
    if lacking:
        raise InputError(f"{name!r} cannot be reproduced here: {'; '.join(lacking)}; its suite is {suite.name!r}")
    suite.cells()
    labels = {label for one in suite.experiments for label in one.methods}
    for curve in published.entry.curves:
        if curve.ours and curve.ours.method not in labels:
            raise InputError(f"{published.path}: {name}: suite {suite.name!r} has no method {curve.ours.method!r}")
    return suite


def compare_run(published: Published, run: Path) -> pd.DataFrame:
    """Ours beside published, a row a value, also written to `reproduce.csv` in the folder `run`.

    Raises:
        InputError: the run logs no such column.
    """
    scores, curves = read_tables(run)
    comparison = compare(published_rows(published), curves, scores)
    write_atomically(run / "reproduce.csv", comparison.to_csv(index=False))
    return comparison


def published_rows(published: Published) -> pd.DataFrame:
    """The values of an entry that a run is compared with, as `bench.analysis.published.compare.compare` takes them."""
    rows = [
        {"id": published.entry.id, "method": curve.ours.method, "quantity": curve.quantity, "unit": curve.unit} | row
        for curve in published.entry.curves
        if curve.ours
        for row in _rows(curve, curve.ours)
    ]
    return pd.DataFrame(rows)


def _rows(curve: Curve, ours: Ours) -> Iterator[dict[str, Any]]:
    errors = curve.standard_errors or [math.nan] * len(curve.steps)
    points = [
        (step, value, error)
        for step, value, error in zip(curve.steps, curve.values, errors, strict=True)
        if step in (ours.steps or curve.steps)
    ]
    first, start, start_error = points[0]
    for step, value, error in points:
        row = {"column": ours.column, "factor": ours.factor, "step": step}
        if curve.gain_tolerance is None or step == first:
            allowed = curve.tolerance.allowed(value)
            yield {**row, "since": math.nan, "published": value, "published_se": error, "tolerance": allowed}
        else:
            # As if the two values were independent: the source does not say how they vary together.
            error, gain = math.hypot(error, start_error), value - start
            allowed = curve.gain_tolerance.allowed(gain)
            yield {**row, "since": first, "published": gain, "published_se": error, "tolerance": allowed}


def _problems(experiment: Experiment) -> Iterator[str]:
    """What keeps the plug-ins of an experiment from being made, a line each."""
    for registry, label, options in plugins_of(experiment):
        try:
            create(registry, label, options)
        except InputError as error:
            yield str(error)
