"""What `list` and `show` say of weights, licences and prompts."""

import pytest

from bench.output.catalogue import details, listing
from bench.registry import MODELS, REWARDS
from bench.suite.prompts import prompt_set


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("DNO_BENCH_CACHE", str(tmp_path))
    return tmp_path


def rows(kind):
    """The cells of each row but the summary, by name."""
    table = listing(kind)
    cells = zip(*(column.cells for column in table.columns), strict=True)
    return {name: tuple(rest) for name, _, *rest in cells}


@pytest.mark.parametrize(("kind", "registry"), [("models", MODELS), ("rewards", REWARDS)])
def test_weights_and_licences(kind, registry):
    assert set(rows(kind)) == set(registry.names())
    assert [column.header for column in listing(kind).columns] == ["name", "what it is", "weights", "licence"]
    assert all(weights and licence for weights, licence in rows(kind).values())


def test_weights_of_the_hub_and_of_the_package():
    pinned = "stable-diffusion-v1-5/stable-diffusion-v1-5 (revision 451f4fe16113)"
    assert rows("models")["sd15"] == (pinned, "CreativeML Open RAIL-M")
    assert rows("models")["emoji"][0] == "in the package: bench/models/emoji/weights"
    assert rows("rewards")["brightness"] == ("none", "Apache-2.0")


def test_prompt_sets_fetched_and_not(cache):
    (source,) = prompt_set("drawbench").sources()
    assert rows("prompts")["drawbench"][-1] == "no"
    assert details("prompts", "drawbench").endswith("`dno-bench fetch prompts drawbench` gets it")
    (cache / source.name).write_bytes(b"Prompts,Category\nA red car.,Colors\n".ljust(source.size, b"\n"))
    assert rows("prompts")["drawbench"] == ("200", "repository Apache-2.0, that of the list is unclear", "yes")
    assert rows("prompts")["simple-animals"] == ("45", "MIT", "yes")
    shown = details("prompts", "drawbench")
    assert shown.endswith("\n\nA red car.")
    for fact in ("source: https://github.com/xie-lab-ml/", "bytes: 15717", "commit: aa7103edd774", "field: Prompts"):
        assert f"  {fact}" in shown


def test_an_option_without_a_default_is_required():
    assert details("reward", "sum").endswith("options:\n  of (required)")
