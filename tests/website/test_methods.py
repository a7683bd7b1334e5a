"""The pages of methods say what the registry, the files and the outcomes say."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Literal, Union

import pytest

from bench.registry import METHODS, source_of
from tests.support.shipped import SHIPPED_METHODS
from website.markdown import escaped
from website.methods import _kind, method_page, method_pages
from website.outcomes import outcome_table, outcomes
from website.repository import ROOT


@pytest.fixture(scope="module")
def pages():
    return dict(method_pages())


def listing(page):
    """The first line, and the text, of the numbered lines of a page."""
    found = re.search(r'(?ms)^````python title="(.*?)" linenums="(\d+)".*?\n(.*?)^````$', page)
    return found[1], int(found[2]), found[3]


def test_there_is_a_page_for_each_shipped_method_and_one_of_all(pages):
    assert set(pages) == {"methods/index.md", *(f"methods/{name}.md" for name in SHIPPED_METHODS)}
    assert all(f"[`{name}`]({name}.md)" in pages["methods/index.md"] for name in SHIPPED_METHODS)


@pytest.mark.parametrize("name", SHIPPED_METHODS)
def test_a_page_has_the_lines_of_the_file_under_their_numbers(pages, name):
    title, first, lines = listing(pages[f"methods/{name}.md"])
    assert (ROOT / title).read_text(encoding="utf-8").splitlines()[first - 1 :] == lines.splitlines()
    assert lines.startswith(("import ", "from "))


@pytest.mark.parametrize("name", SHIPPED_METHODS)
def test_a_page_has_each_option_with_its_source(pages, name):
    page = pages[f"methods/{name}.md"]
    for one in fields(METHODS.get(name).factory):
        assert re.search(rf"(?m)^\| `{one.name}` \| `.*` \| .* \| {re.escape(escaped(source_of(one)))} \|$", page)


def test_the_page_of_dno(pages):
    page = pages["methods/dno.md"]
    assert "```text\nminimise over z   -r(M(z)) + gamma R(z)\n```" in page
    assert "| `gamma` | `0.0` | float | official code: --gamma, no regularisation unless asked for |" in page
    assert "| `last_steps` | `None` | int or None | " in page
    assert "| `optimize` | `'all'` | 'all', 'initial' | " in page
    assert "| 10 | 10 | 1 | 1 | 1 |" in page  # as CASES of tests/methods/test_costs.py have it, on 10 steps
    assert "- `dno-tutorial`: " in page
    assert "| `regularizer` | " in page
    assert "paper: <https://arxiv.org/abs/2405.18881>" in page


def test_of_a_file_with_several_methods_the_own_lines_are_marked(pages):
    text = Path(METHODS.get("dno-ode").origin).read_text(encoding="utf-8").splitlines()
    _, first, _ = listing(pages["methods/dno-ode.md"])
    marked = re.search(r'hl_lines="(\d+)-(\d+)"', pages["methods/dno-ode.md"])
    own = text[first - 2 + int(marked[1]) : first - 1 + int(marked[2])]
    assert own[0].startswith('@register_method("dno-ode"')
    assert "at eta 0" in own[-2]
    assert "hl_lines" not in pages["methods/tds.md"]


def test_a_variant_leads_to_what_it_is_a_variant_of(pages):
    assert "What does not stand here is that of [`das`](das.md)." in pages["methods/tds.md"]
    assert "What does not stand here is that of [`dno`](dno.md)." in pages["methods/dno-regularized.md"]
    assert "What does not stand here" not in pages["methods/dno.md"]


def test_what_is_not_as_usual_is_declared_in_words(pages):
    assert "(`selects=False`)" in pages["methods/base.md"]
    assert "(`own_sampling=True`)" in pages["methods/d-flow.md"]
    assert "needs no gradient" in pages["methods/best-of-n.md"]


def test_the_row_of_an_outcome_is_that_of_its_table():
    """At 2 seconds, by the table that `dno-bench table` wrote beside it."""
    written = (ROOT / "results/reference/search/table.md").read_text(encoding="utf-8")
    row = re.search(r"(?m)^\| fk-steering \| .* \| \**([-\d.]+)\** (\[[-\d., ]+\]) \|$", written)
    found = outcome_table(METHODS.get("fk-steering"))
    start = "| [search](../results/reference/search/README.md) | darkness on emoji | temperature auto | 2 s | 12 | "
    assert f"{start}{row[1]} {row[2]} | " in found
    assert found.count("[search]") == 3


def test_a_folder_without_scores_is_no_outcome():
    names = {folder.name for folder in outcomes()}
    assert "search" in names
    assert "memory" not in names


def test_a_method_without_an_outcome_has_no_such_part():
    origen = METHODS.get("origen")
    assert ("## Measured" in method_page(origen)) == bool(outcome_table(origen))


def test_settings_are_told_by_what_is_not_the_default():
    found = outcome_table(METHODS.get("dno-zo"))
    assert "| learning_rate 0.05, mu 0.1 | 2 s | 12 | " in found
    assert "| defaults | 2 s | 12 | " in outcome_table(METHODS.get("best-of-n"))


@pytest.mark.parametrize(
    ("hint", "words"),
    [
        (float, "float"),
        (int | None, "int or None"),
        (Union[float, Literal["auto"]], "float or 'auto'"),  # noqa: UP007 - as some options have it
        (Literal["adam", "sgd"], "'adam', 'sgd'"),
        (tuple[float, ...], "tuple[float, ...]"),
    ],
)
def test_types_in_words(hint, words):
    assert _kind(hint) == words
