from itertools import pairwise

import pandas as pd
import pytest

from bench.output.looks import MOST
from bench.output.plots.telling import GAP, spread, telling


def test_few_methods_are_all_in_colour():
    assert telling(pd.Series({"a": 1.0, "b": 2.0})) == ["a", "b"]


def test_of_many_the_best_and_what_others_are_measured_against_are():
    final = pd.Series({f"m{number:02}": float(number) for number in range(20)} | {"base": -1.0, "best-of-n": -2.0})
    shown = telling(final)
    assert len(shown) == MOST
    assert shown == ["m14", "m15", "m16", "m17", "m18", "m19", "base", "best-of-n"]


def test_a_method_without_a_value_is_not_shown():
    assert telling(pd.Series({"a": 1.0, "b": float("nan")})) == ["a"]


@pytest.mark.parametrize("heights", [[0.5] * 8, [0.0, 0.01, 0.02], [1.0, 0.99, 0.98, 0.2], [1.3, -0.2]])
def test_names_are_apart_in_their_order_and_within_the_panel(heights):
    given = {str(number): height for number, height in enumerate(heights)}
    placed = spread(given)
    order = sorted(given, key=given.get)
    found = [placed[name] for name in order]
    assert all(above - below >= GAP - 1e-9 for below, above in pairwise(found))
    assert 0 <= min(found) <= max(found) <= 1


def test_names_that_have_room_stay_where_their_lines_end():
    assert spread({"a": 0.1, "b": 0.5}) == {"a": 0.1, "b": 0.5}
