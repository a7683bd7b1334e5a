"""What the options of `dno-bench table` ask for, on a run folder."""

import re

import pytest

from bench.errors import InputError
from bench.output.tables.choice import Choice
from tests.support.runs import make_run


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("runs") / "small")


def text_of(run, **options):
    choice = Choice(**options)
    return choice.written(choice.tables([run]))


def test_a_table_for_a_paper(run):
    text = text_of(
        run,
        format="latex",
        caption="At equal time",
        budgets=["5s"],
        metrics=["adherence"],
        names=["best-of-n=Best of N", "base=SD, plain"],
    )
    captions = re.findall(r"\\caption\{(.*)\}", text)
    assert len(captions) == 3
    assert all(caption.startswith("At equal time. ") for caption in captions)
    assert "best-of-n" not in text
    assert "At 5 s Best of N leads SD, plain by" in text
    assert "how much more than Best of N on the same" in text
    for left_out in ("10 s", "support-distance", "Student's t"):
        assert left_out not in text


def test_names_change_no_statistics(run):
    """`base` is what unscored cells count as and the reference: under another name it stays so."""
    plain = text_of(run, format="md", against="base")
    assert text_of(run, format="md", against="base", names=["base=SD, plain"]) == re.sub(
        r"(?<![\w`/.-])base(?![\w-])", "SD, plain", plain
    )


def test_budgets_and_metrics_hold_in_every_format(run):
    for form in ("md", "csv", "html", "latex"):
        text = text_of(run, format=form, budgets=["5s"], metrics=["adherence"])
        assert "adherence" in text
        assert "support-" not in text
        assert "10 s" not in text


def test_notes_are_short_in_latex_and_long_elsewhere_unless_one_is_asked_for(run):
    long = {
        (form, notes): "Student's t" in text_of(run, format=form, notes=notes)
        for form in ("md", "latex")
        for notes in (None, "short", "long")
    }
    assert [found for found, is_long in long.items() if is_long] == [("md", None), ("md", "long"), ("latex", "long")]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"notes": "none"}, "unknown length of notes 'none'"),
        ({"caption": "c"}, "--caption is of LaTeX tables: add --format latex"),
        ({"caption": "c", "format": "md"}, "--caption is of LaTeX tables: add --format latex"),
    ],
)
def test_what_cannot_be_meant_is_refused(options, message):
    with pytest.raises(InputError, match=message):
        Choice(**options)


def test_lists_have_commas_or_are_given_again(run):
    for metrics in (["adherence,support-distance"], ["adherence", "support-distance"]):
        text = text_of(run, format="md", metrics=metrics)
        assert "adherence" in text
        assert "support-distance" in text
    with pytest.raises(InputError, match="--budgets '5s,': a name is empty"):
        text_of(run, budgets=["5s,"])
