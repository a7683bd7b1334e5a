"""Run folders read as what tables are made of."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from bench.analysis.pooling import pool
from bench.analysis.published import compare
from bench.analysis.published_tables import compare_tables
from bench.analysis.targets import declared_ladder
from bench.published import all_published, find_published
from bench.published_tables import table_rows
from bench.reproduce import published_rows
from bench.sets import COLUMNS, read_sets
from bench.store import RunStore
from bench.suite import Suite
from bench.tables import Evidence


def read_evidence(runs: Sequence[Path]) -> Evidence:
    """Read one run, or several as one where `bench.analysis.pooling.pool` allows it.

    Published tables are those that the runs' suites name; published curves those whose setting the suite runs. Sets
    of images were measured within a run, so there are none for several.

    Raises:
        InputError: one is no run folder, has nothing to show, or may not be pooled with the others.
    """
    scores, curves = pool(runs)
    suites = [RunStore.open(run).suite() for run in runs]
    named = dict.fromkeys(name for suite in suites for name in suite.published)
    tables = table_rows(find_published(name) for name in named)
    return Evidence(
        scores=scores,
        curves=curves,
        sets=read_sets(runs[0]) if len(runs) == 1 else pd.DataFrame(columns=COLUMNS),
        published=compare_tables(tables, scores),
        comparison=_comparison(suites, curves, scores),
        ladder=declared_ladder(scores, {name: steps for suite in suites for name, steps in suite.targets.items()}),
    )


def _comparison(suites: Sequence[Suite], curves: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Compare with the published curves whose setting one of the suites runs."""
    names = {suite.name for suite in suites}
    entries = [one for one in all_published().values() if one.entry.suite in names]
    return (
        pd.concat([compare(published_rows(one), curves, scores) for one in entries])
        if entries
        else pd.DataFrame(columns=["id"])
    )
