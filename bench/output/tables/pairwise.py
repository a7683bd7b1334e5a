"""The pairwise layout: for each (model, reward) every two methods on the same cells, at the largest budget."""

import pandas as pd

from bench.analysis.paired import pairwise
from bench.analysis.scores import summarise
from bench.output.tables.backing import Backing, Backings, find_backing
from bench.output.tables.sentences import task_text
from bench.output.tables.table import Cell, Column, Row, Table
from bench.store.columns import TASK
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
    "Difference: method minus reference, mean over prompts of the mean over seeds [95 % interval, bootstrap over "
    "prompts]. P(better): the chance that the method is better on the same prompt and seed, ties half.",
    "p: sign-flip test over prompts; Holm adjusts it for all pairs of all tables here.",
    "Each pair stands once, the one ahead first. A difference that is not significant is not shown to be none.",
)
LEAST = "No p can be below {least:.3g} where there are so few prompts ({n})."
FEW = 10  # prompts up to which no p is below 2^-9, about 0.002


def pairwise_tables(scores: pd.DataFrame) -> list[Table]:
    """Make a table a (model, reward) that has two methods, the last with notes on how to read them."""
    pairs = pairwise(scores)
    backing = find_backing(summarise(scores), scores)
    tables = [_table(rows, backing) for _, rows in pairs.groupby(TASK)]
    if tables:
        n = int(pairs["n_prompts"].min())
        least = [LEAST.format(n=n, least=2.0 ** (1 - n))] if n <= FEW else []
        tables[-1].notes.extend([*READING, *least])
    return tables


def _table(pairs: pd.DataFrame, backing: Backings) -> Table:
    first = pairs.iloc[0]
    when = budget_text(first["budget"], first["budget_unit"])
    # Of two orders the one ahead; the alphabet decides where neither is, or nobody knows.
    ahead = pairs[
        (pairs["difference"] > 0) | (~(pairs["difference"].abs() > 0) & (pairs["method"] < pairs["reference"]))
    ]
    rows = [_row(row, backing) for _, row in ahead.sort_values(["method", "reference"]).iterrows()]
    title = f"{task_text(pairs)}: methods in pairs at {when}"
    return Table(title, COLUMNS, rows, notes=[], keys=("method", "reference"), marked=False)


def _row(row: pd.Series, backing: Backings) -> Row:
    point = (row["model"], row["reward"], row["budget_unit"], row["budget"])
    both = [backing[*point, row[side]] for side in ("method", "reference")]
    behind = Backing(
        n=min(one.n for one in both),
        unscored=sum(one.unscored for one in both),
        failed=sum(one.failed for one in both),
        cells=both[0].cells + both[1].cells,
    )
    counts = [Cell(row["n_prompts"]), Cell(row["n_seeds"]), Cell(behind.unscored)]
    # The cells of both methods are named once: in a large run they are thousands.
    unnamed = behind._replace(cells=())._asdict()
    numbers = [Cell(row[name], **unnamed) for name in ("superiority", "p", "p_holm")]
    difference = Cell(row["difference"], row["low"], row["high"], **behind._asdict())
    return Row((row["method"], row["reference"]), [difference, *numbers, *counts])
