"""One colour, marker and dash a method, the same in every plot and on every page; a family shares a hue."""

from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from bench.store.columns import BASELINE

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
MUTED = Look("#d0d0d0", "", SOLID)
MOST = 8
"""Methods of a panel that an eye can follow; of more, the others are muted."""
ALWAYS = (BASELINE, "best-of-n")
"""Never muted: what others are held against."""

FIRST = (*ALWAYS, "dno")
"""Their looks are the same in every run."""

# Grey for the null line, Okabe and Ito's palette (jfly.uni-koeln.de/color) for the others, then Tol's muted scheme
# (personal.sron.nl/~pault): the colour-blind tell them apart.
HUES = {
    "baseline": "#6b6b6b",
    "search": "#0072b2",
    "noise optimisation": "#d55e00",
    "guidance": "#009e73",
    "particles": "#cc79a7",
    "evolution": "#e69f00",
}
FURTHER = ("#332288", "#56b4e9", "#882255", "#999933", "#000000", "#aa4499", "#44aa99")
"""Of families that have none above."""
SHADES = (0.0, -0.45, 0.35)
"""Of the methods of a family, one after another: how far towards black, or towards white."""
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p", "h")
DASHES: tuple[Dash, ...] = (SOLID, (4, 1), (1, 1), (5, 1, 1, 1), (3, 1, 1, 1, 1, 1))


def looks(methods: Iterable[str], families: Mapping[str, str] = MappingProxyType({})) -> Looks:
    """Give each method of a run its look, in the order `FIRST`, then by family and name.

    Eleven methods differ in marker, 55 in marker or dash, whatever one sees of their colours. To have one look
    everywhere, pass all methods of a run, not those of one plot.

    Args:
        methods: by label.
        families: theirs; a method that is not there is a family of its own.
    """
    own = {name: families.get(name, name) for name in methods}
    others = sorted(own.keys() - set(FIRST), key=lambda name: (own[name], name))
    hues, members, found = _hues(own.values()), Counter[str](), {}
    for place, name in enumerate([*FIRST, *others]):
        if name in own:
            found[name] = _look(_shade(hues[own[name]], members[own[name]]), place)
            members[own[name]] += 1
    return found


def _hues(families: Iterable[str]) -> dict[str, str]:
    unknown = sorted(set(families) - set(HUES))
    return HUES | {family: FURTHER[place % len(FURTHER)] for place, family in enumerate(unknown)}


def _shade(hue: str, member: int) -> str:
    """The hue, mixed with black or white."""
    share = SHADES[member % len(SHADES)]
    end = 255 if share > 0 else 0
    parts = (int(hue[place : place + 2], 16) for place in (1, 3, 5))
    return "#" + "".join(f"{round(part + abs(share) * (end - part)):02x}" for part in parts)


def _look(colour: str, place: int) -> Look:
    lap = place // len(MARKERS) % len(DASHES)
    return Look(colour, MARKERS[place % len(MARKERS)], DASHES[lap])
