import matplotlib as mpl
import pytest

from bench.plots.style import SHIPPED, looks, theme


def test_shipped_methods_look_the_same_in_any_company():
    alone, among = looks(["dno"]), looks(["zebra", "dno", "base", "ant"])
    assert alone["dno"] == among["dno"] == SHIPPED["dno"]


def test_order_and_repetition_do_not_matter():
    assert looks(["b", "a", "a"]) == looks(["a", "b"])
    assert list(looks(["b", "a"])) == ["a", "b"]


@pytest.mark.parametrize("count", [12, 60])
def test_no_two_methods_look_alike(count):
    styles = looks([*SHIPPED, *(f"method-{i}" for i in range(count - len(SHIPPED)))])
    assert len(styles) == len(set(styles.values())) == count


def test_eight_others_have_colours_of_their_own():
    styles = looks([*SHIPPED, *(f"method-{i}" for i in range(8))])
    assert len({look.colour for look in styles.values()}) == 12


def test_the_theme_leaves_nothing_behind():
    before = dict(mpl.rcParams)
    with theme():
        assert mpl.rcParams["font.size"] == 9
    assert dict(mpl.rcParams) == before
