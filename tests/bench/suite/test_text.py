"""The suite that a run folder keeps is the suite that was planned."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bench.errors import InputError
from bench.suite.suite import Suite, load_suite, shipped_suites
from bench.suite.text import from_yaml, to_yaml
from tests.bench.suite.test_yaml_text import HARD, TEXTS, VALUES

PROMPTS = st.lists(TEXTS.filter(str.strip), min_size=1, max_size=3, unique=True)


def suite(prompts=("cat",), **options):
    fields = {"rewards": ["mean"], "methods": {"dno": options}, "seeds": [0], "budget": "1s"}
    return Suite.model_validate({"name": "small", "prompts": list(prompts), **fields})


@given(PROMPTS, VALUES)
@example([text for text in HARD if text.strip()], {"1": [1, 1.0, True, "1"], "inf": float("inf")})
def test_a_suite_reads_back_equal(prompts, option):
    planned = suite(prompts, option=option)
    stored = from_yaml(to_yaml(planned))
    assert stored == planned
    assert repr(stored) == repr(planned)


def test_every_shipped_suite_reads_back_equal():
    for name in shipped_suites():
        assert from_yaml(to_yaml(load_suite(name))) == load_suite(name)


@pytest.mark.parametrize("option", [float("nan"), {1: 2}, (1, 2), date(2024, 1, 1), {1, 2}, object(), "\ud83d"])
def test_what_would_not_read_back_is_refused(option):
    with pytest.raises(InputError, match="suite 'small' would not read back from YAML as it is") as refused:
        to_yaml(suite(option=option))
    assert "\n" not in str(refused.value)


def test_paths_and_lists_of_a_stored_suite_are_taken_as_they_are(tmp_path, monkeypatch):
    """A folder that is made later, or a file that changes, must not change what a run was started with."""
    monkeypatch.chdir(tmp_path)
    planned = suite(["cat", "notes.txt"], learning_rate=[0.1, 0.2])
    (tmp_path / "cat").mkdir()
    (tmp_path / "notes.txt").write_text("a dog\n")
    assert from_yaml(to_yaml(planned)) == planned
