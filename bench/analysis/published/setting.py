"""Whether a run is of a published setting: its plug-ins and their options tell, since a label may mean anything."""

import json
from collections.abc import Iterable

import pandas as pd

from bench.analysis.published.entries import Published
from bench.store.plugins import PluginRecord, records_of
from bench.suite.suite import load_suite

KINDS = ("model", "reward", "method")


def of_its_suite(published: Published, values: pd.DataFrame, plugins: Iterable[PluginRecord]) -> "pd.Series[bool]":
    """Say of each value whether the run made ours with the plug-ins and options of the entry's own suite.

    Args:
        published: the entry.
        values: of it, with the columns `model`, `reward` and `method`, which are labels.
        plugins: of the run.

    Returns:
        As long as `values`; all False where no suite runs the setting: how ours should be made is not known then.

    Raises:
        InputError: the entry's suite cannot be read.
    """
    if published.suite is None or values.empty:
        return pd.Series(False, index=values.index)
    theirs, ours = _meanings(records_of(load_suite(published.suite))), _meanings(plugins)
    same = {key for key, meaning in ours.items() if theirs.get(key) == meaning}
    met = [all((kind, row[kind]) in same for kind in KINDS) for _, row in values.iterrows()]
    return pd.Series(met, index=values.index)


def _meanings(plugins: Iterable[PluginRecord]) -> dict[tuple[str, str], str]:
    """The name and options of each label, as text, which is the same before and after a run folder."""
    return {(one.kind, one.label): json.dumps([one.name, one.options], sort_keys=True, default=str) for one in plugins}
