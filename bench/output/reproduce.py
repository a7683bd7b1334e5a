"""Published numbers reproduced: the suite that runs their setting, and what came out beside them."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from bench.analysis.declared import sampling_steps
from bench.analysis.published.compare import compare_curves
from bench.analysis.published.entries import Published
from bench.analysis.published.values import curve_values
from bench.errors import InputError
from bench.store.files import write_atomically
from bench.store.folder import RunStore
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
    planned = {(cell.model, cell.reward, cell.method, str(cell.budget)) for cell in suite.cells()}
    for ours in (curve.ours for curve in published.entry.curves if curve.ours):
        if (ours.model, ours.reward, ours.method, ours.budget) not in planned:
            raise InputError(
                f"{published.path}: {name}: suite {suite.name!r} has no cell of method {ours.method!r} for "
                f"{ours.reward!r} on {ours.model!r} within {ours.budget}"
            )
    return suite


def compare_run(published: Published, run: Path) -> pd.DataFrame:
    """Ours beside published, a row a value, also written to `reproduce.csv` in the folder `run`.

    Raises:
        InputError: the run logs no such column.
    """
    scores, curves = read_tables(run)
    steps = sampling_steps(RunStore.open(run).plugins())
    comparison = compare_curves(curve_values(published), curves, scores, steps)
    write_atomically(run / "reproduce.csv", comparison.to_csv(index=False))
    return comparison


def _problems(experiment: Experiment) -> Iterator[str]:
    """What keeps the plug-ins of an experiment from being made, a line each."""
    for registry, label, options in plugins_of(experiment):
        try:
            create(registry, label, options)
        except InputError as error:
            yield str(error)
