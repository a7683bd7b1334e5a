"""Each layout of one small run, whole: `python -m tests.bench.output.tables.test_golden` writes the files anew."""

from pathlib import Path

import pytest

from bench.output.tables import FORMATS, LAYOUTS
from tests.bench.output.tables.evidence import HOSTILE, VALUES, evidence_of, golden_scores, score_rows

FOLDER = Path(__file__).parent / "golden"


def one_prompt():
    return score_rows({name: VALUES[name][:1] for name in ("base", HOSTILE)})


TEXTS = {
    **{f"{layout}.md": (layout, "md", golden_scores) for layout in LAYOUTS},
    **{f"{layout}-one-prompt.md": (layout, "md", one_prompt) for layout in LAYOUTS if layout != "tuning"},
    **{f"paper.{form}": ("paper", form, golden_scores) for form in ("latex", "html", "csv")},
}


def text_of(name):
    layout, form, scores = TEXTS[name]
    return FORMATS[form](LAYOUTS[layout](evidence_of(scores())))


@pytest.mark.parametrize("name", TEXTS)
def test_reads_as_it_did(name):
    assert text_of(name) == (FOLDER / name).read_text(encoding="utf-8")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name in TEXTS:
        (FOLDER / name).write_text(text_of(name), encoding="utf-8")
