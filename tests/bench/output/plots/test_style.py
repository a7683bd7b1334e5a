from itertools import combinations

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from bench.output.looks import SHIPPED, looks
from bench.output.plots.style import theme
from bench.registry import METHODS

TWENTY = [*SHIPPED, *(f"method-{i}" for i in range(20 - len(SHIPPED)))]

# What the colour-blind see, as matrices on linear RGB: Machado, Oliveira and Fernandes 2009, severity 1.
VISION = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = TO_XYZ.sum(axis=1)
CLEAR = 10  # CIE76; 2.3 is just noticeable side by side


def lab(colour, vision):
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    x, y, z = np.cbrt(TO_XYZ @ np.clip(VISION[vision] @ linear, 0, 1) / WHITE)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_shipped_methods_look_the_same_in_any_company():
    assert looks(["dno-zo"])["dno-zo"] == looks(["zebra", "dno-zo", "base", "ant"])["dno-zo"]


def test_every_look_that_is_kept_is_that_of_a_method():
    assert set(SHIPPED) <= set(METHODS.names())


def test_order_and_repetition_do_not_matter():
    assert looks(["b", "a", "a"]) == looks(["a", "b"])
    assert list(looks(["b", "a", "base"])) == ["base", "a", "b"]


@pytest.mark.parametrize("count", [20, 600])
def test_no_two_methods_look_alike(count):
    styles = looks([f"method-{i}" for i in range(count)])
    assert len(styles) == len(set(styles.values())) == count


def test_twelve_methods_have_colours_of_their_own():
    assert len({look.colour for look in list(looks(TWENTY).values())[:12]}) == 12


@pytest.mark.parametrize("vision", VISION)
def test_who_sees_two_colours_alike_sees_two_markers(vision):
    for one, other in combinations(looks(TWENTY).values(), 2):
        apart = np.linalg.norm(lab(one.colour, vision) - lab(other.colour, vision))
        assert apart > CLEAR or one.marker != other.marker


def test_the_theme_leaves_nothing_behind():
    before = dict(mpl.rcParams)
    with theme():
        assert mpl.rcParams["font.size"] == 9
    assert dict(mpl.rcParams) == before
