"""Which plots there are is which files there are."""

from importlib.resources import files

import pytest

from bench.output.plots.registry import kinds, slug


def test_each_file_of_kinds_enters_the_plot_of_its_name():
    modules = {path.stem for path in files("bench.output.plots.kinds").iterdir() if path.suffix == ".py"} - {"__init__"}
    assert {name.replace("-", "_") for name in kinds()} == modules


@pytest.mark.parametrize(
    ("words", "name"), [("A cat, on $5", "a-cat-on-5"), ("../../etc", "etc"), ("鸭", ""), ("a" * 80, "a" * 60)]
)
def test_a_slug_is_a_plain_part_of_a_file_name(words, name):
    assert slug(words) == name
