"""Of many methods some in colour, named at the ends of their lines, and the others in grey."""

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from scipy.optimize import isotonic_regression

from bench.output.looks import ALWAYS, MOST, MUTED, Looks

GAP = 0.062
"""Of a panel's height: between two names, so that they do not touch."""
_BESIDE = 1.04
"""Of a panel's width: where the names begin."""


def telling(final: "pd.Series[float]", always: Collection[str] = ALWAYS) -> list[str]:
    """The methods to show in colour: `always` and the best, at most `MOST` in all.

    Args:
        final: what each method came to, more is better, by name.
        always: fewer than `MOST`.
    """
    known = final.dropna()
    named = [name for name in always if name in known.index]
    others = known.drop(named).nlargest(MOST - len(named)).index
    return [name for name in known.index if name in {*named, *others}]


def muted(styles: Looks, shown: Collection[str]) -> Looks:
    """The looks of all methods, those that are not `shown` in grey."""
    return {name: look if name in shown else MUTED for name, look in styles.items()}


def grey_note(n_methods: int) -> str:
    """Say of the plots of so many methods what grey is; "" where all are in colour."""
    return "grey: further methods, which the tables name" if n_methods > MOST else ""


def name_ends(ax: Axes, ends: Mapping[str, tuple[float, float]], styles: Looks) -> None:
    """Write the names of methods to the right of a panel, each with a line to where it ends.

    Args:
        ax: whose limits are those that it will have.
        ends: the point of each method, in data.
        styles: of all methods.
    """
    low, high = ax.get_ylim()
    heights = spread({name: (y - low) / (high - low) for name, (_, y) in ends.items()})
    for name, height in heights.items():
        ax.annotate(
            name,
            ends[name],
            (_BESIDE, height),
            textcoords="axes fraction",
            color=styles[name].colour,
            fontsize="x-small",
            va="center",
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "color": styles[name].colour,
                "linewidth": 0.5,
                "shrinkA": 1,
                "shrinkB": 2,
                "relpos": (0, 0.5),
            },
        )


def spread(heights: Mapping[str, float], gap: float = GAP) -> dict[str, float]:
    """Move heights within [0, 1] apart by at least `gap`, in their order, by the least sum of squares."""
    names = sorted(heights, key=heights.__getitem__)
    steps = gap * np.arange(len(names))
    # Heights less their steps may not fall: an isotonic regression, which keeps within limits that all share.
    placed = isotonic_regression([heights[name] for name in names] - steps).x.clip(0, 1 - steps[-1:].sum()) + steps
    return dict(zip(names, placed.tolist(), strict=True))


def ends_of(rows: pd.DataFrame, x: str, y: str, shown: Collection[str]) -> dict[str, tuple[float, float]]:
    """The last point of each method that is `shown`; `rows` in ascending order of `x` or of the budget."""
    last = rows[rows["method"].isin(shown)].dropna(subset=y).groupby("method")[[x, y]].last()
    return {str(name): (float(row[x]), float(row[y])) for name, row in last.iterrows()}
