from itertools import combinations

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.colors import rgb_to_hsv, to_rgb

from bench.output.looks import FIRST, HUES, looks
from bench.output.plots.style import theme
from bench.registry import METHODS
from tests.support.shipped import SHIPPED_METHODS

FAMILIES = {name: METHODS.get(name).facts.family for name in SHIPPED_METHODS}

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


@pytest.mark.parametrize("name", FIRST)
def test_the_first_methods_look_the_same_in_any_company(name):
    assert looks([name], FAMILIES)[name] == looks(FAMILIES, FAMILIES)[name]


def test_what_has_a_look_of_its_own_is_a_method_or_a_family():
    assert set(FIRST) <= set(FAMILIES)
    assert set(HUES) == set(FAMILIES.values())


def test_a_family_shares_a_hue_and_stands_together():
    styles = looks(FAMILIES, FAMILIES)
    order = [FAMILIES[name] for name in styles if name not in FIRST]
    assert order == sorted(order)
    for family, hue in HUES.items():
        shades = [styles[name].colour for name in styles if FAMILIES[name] == family]
        assert shades[0] == hue
        assert len(set(shades)) == min(3, len(shades))
        coloured = [rgb_to_hsv(to_rgb(shade))[:2] for shade in shades]
        assert np.ptp([angle for angle, strength in coloured if strength > 0]) < 0.01 if coloured[0][1] else True


def test_order_and_repetition_do_not_matter():
    assert looks(["b", "a", "a"]) == looks(["a", "b"])
    assert list(looks(["b", "a", "base"])) == ["base", "a", "b"]


@pytest.mark.parametrize("count", [20, 300])
def test_no_two_methods_look_alike(count):
    styles = looks([f"method-{i}" for i in range(count)])
    assert len(styles) == len(set(styles.values())) == count


@pytest.mark.parametrize("vision", VISION)
def test_families_are_told_apart_by_the_colour_blind(vision):
    for one, other in combinations(HUES.values(), 2):
        assert np.linalg.norm(lab(one, vision) - lab(other, vision)) > CLEAR


def test_who_sees_no_colours_sees_markers_and_dashes():
    styles = looks(FAMILIES, FAMILIES).values()
    assert len({(look.marker, look.dash) for look in styles}) == len(styles)


def test_the_theme_leaves_nothing_behind():
    before = dict(mpl.rcParams)
    with theme():
        assert mpl.rcParams["font.size"] == 9
    assert dict(mpl.rcParams) == before
