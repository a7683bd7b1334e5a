"""One colour, marker and dash a method, the same in every plot and on every page."""

from collections.abc import Iterable
from typing import NamedTuple

Dash = tuple[float, ...]
SOLID: Dash = ()


class Look(NamedTuple):
    """A method's colour, marker and dash pattern, as seaborn takes them."""

    colour: str
    marker: str
    dash: Dash


Looks = dict[str, Look]

BETTER, WORSE = "#00735c", "#b34700"
"""Of what is compared: green and orange, which the colour-blind tell apart too."""

# Grey for the null line, Okabe and Ito's palette but its yellow, which white paper swallows
# (jfly.uni-koeln.de/color), then Tol's muted scheme (personal.sron.nl/~pault). All safe for the colour-blind.
COLOURS = (
    *("#7f7f7f", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"),
    *("#332288", "#882255", "#999933", "#aa4499"),
)
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p", "h")
DASHES: tuple[Dash, ...] = (SOLID, (4, 1), (1, 1), (5, 1, 1, 1), (3, 1, 1, 1, 1, 1))

SHIPPED = (
    *("base", "best-of-n", "dno", "dno-regularized", "dno-ode", "doodl", "dno-zo", "dno-hybrid-1", "dno-hybrid-2"),
    *("cfg-sweep", "more-steps"),
)
"""A method's place is its look in every plot of every run: append, never insert."""


def looks(methods: Iterable[str]) -> Looks:
    """Give each method of a run its look: the shipped ones by their place, all others in alphabetical order.

    The first twelve differ in colour, the next twelve take the colours again in dashes. Markers turn at another
    length, so that 660 methods stay distinct. To have one look everywhere, pass all methods of a run, not those
    of one plot.
    """
    names = set(methods)
    others = sorted(names - set(SHIPPED))
    return {name: _look(place) for place, name in enumerate([*SHIPPED, *others]) if name in names}


def _look(place: int) -> Look:
    lap = place // len(COLOURS) % len(DASHES)
    return Look(COLOURS[place % len(COLOURS)], MARKERS[place % len(MARKERS)], DASHES[lap])
