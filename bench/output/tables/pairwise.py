"""The pairwise layout: for each task every two methods on the same cells, at the largest budget."""

import pandas as pd

from bench.analysis.intervals import FEW_PROMPTS
from bench.analysis.paired import pairwise
from bench.analysis.scores import largest_budget, summarise
from bench.analysis.verdicts import RULE
from bench.output.tables.backing import Backing, Backings, find_backing
from bench.output.tables.sentences import INTERVAL, task_names
from bench.output.tables.table import Column, Note, Row, Table, Value
from bench.store.columns import POINT, TASK
from bench.suite.budget import budget_text

LEAST_P = 0.001
COLUMNS = [
    Column("difference"),
    Column("P(better)"),
    Column("p", least=LEAST_P),
    Column("p (Holm)", least=LEAST_P),
    Column("prompts"),
    Column("seeds"),
    Column("unscored"),
]
READING = (
    Note(
        f"Difference: method minus reference, mean over prompts of the mean over seeds [{INTERVAL}]; in bold where it "
        f"is resolved: {RULE}. P(better): the chance that the method is better on the same prompt and seed, ties half.",
        "Difference: method minus reference [95 % interval over prompts]; bold: resolved.",
    ),
    Note(
        f"p: paired t-test over prompts below {FEW_PROMPTS}, else sign-flip test; Holm adjusts it for a table's pairs.",
        "p: paired test over prompts; Holm: for all pairs of the table.",
    ),
    Note("Each pair stands once, the one ahead first. A difference that is not resolved is not shown to be none."),
)


def pairwise_tables(scores: pd.DataFrame) -> list[Table]:
    """Make a table a task that has two methods, the last with notes on how to read them."""
    final, names = largest_budget(scores), task_names(scores)
    backing = find_backing(summarise(final), final)
    tables = [_table(names[task], rows, backing) for task, rows in pairwise(final).groupby(TASK)]
    if tables:
        tables[-1].notes.extend(READING)
    return tables


def _table(task: str, pairs: pd.DataFrame, backing: Backings) -> Table:
    first = pairs.iloc[0]
    when = budget_text(first["budget"], first["budget_unit"])
    # Of two orders the one ahead; the alphabet decides where neither is, or nobody knows.
    ahead = pairs[
        (pairs["difference"] > 0) | (~(pairs["difference"].abs() > 0) & (pairs["method"] < pairs["reference"]))
    ]
    rows = [_row(row, backing) for _, row in ahead.sort_values(["method", "reference"]).iterrows()]
    title = f"{task}: methods in pairs at {when}"
    return Table(title, COLUMNS, rows, notes=[], keys=("method", "reference"), marked=False)


def _row(row: pd.Series, backing: Backings) -> Row:
    both = [backing[*row[POINT], row[side]] for side in ("method", "reference")]
    behind = Backing(
        n=min(one.n for one in both),
        unscored=sum(one.unscored for one in both),
        failed=sum(one.failed for one in both),
        cells=both[0].cells + both[1].cells,
    )
    counts = [Value(row["n_prompts"]), Value(row["n_seeds"]), Value(behind.unscored)]
    # The cells of both methods are named once: in a large run they are thousands.
    unnamed = behind._replace(cells=())._asdict()
    numbers = [Value(row[name], **unnamed) for name in ("superiority", "p", "p_holm")]
    resolved = row["verdict"] in ("better", "worse")
    difference = Value(row["difference"], row["low"], row["high"], best=resolved, **behind._asdict())
    return Row((row["method"], row["reference"]), [difference, *numbers, *counts])
