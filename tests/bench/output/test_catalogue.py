"""What `list` and `show` say of weights, licences and prompts."""

import pytest

from bench.output.catalogue import details, listing
from bench.registry import METHODS, MODELS, REWARDS
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
    headers = ["name", "what it is", "medium" if kind == "models" else "media", "weights", "licence"]
    assert [column.header for column in listing(kind).columns] == headers
    assert all(all(row) for row in rows(kind).values())


def test_weights_of_the_hub_and_of_the_package():
    pinned = "stable-diffusion-v1-5/stable-diffusion-v1-5 (revision 451f4fe16113)"
    assert rows("models")["sd15"] == ("image", pinned, "CreativeML Open RAIL-M")
    assert rows("models")["emoji"][:2] == ("emoji", "in the package: bench/models/emoji/weights")
    assert rows("rewards")["brightness"] == ("image", "none", "Apache-2.0")


def test_prompt_sets_fetched_and_not(cache, monkeypatch):
    (source,) = prompt_set("drawbench").sources()
    monkeypatch.setattr("bench.weights.web.sha256_of", lambda path: source.sha256)  # of a stand-in
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
    assert "options, of which a suite may list several values:\n" in details("method", "dno")


def test_methods_are_listed_by_family():
    names = list(listing("methods").columns[0].cells)
    families = [name for name in names if name.endswith(":")]
    assert families == sorted({f"{METHODS.get(name).facts.family}:" for name in METHODS.names()})
    assert set(names) - set(families) == set(METHODS.names())
    under = names[names.index("evolution:") + 1 : names.index("guidance:")]
    assert under == ["cma-es", "snes"]
    assert rows("methods")["dno"] == ("yes",)


def test_metrics_are_listed_with_what_they_judge():
    assert rows("metrics")["support-distance"] == ("emoji, points",)
    assert rows("set_metrics")["kid"] == ("image",)


def test_defaults_are_shown_with_their_sources_and_facts_by_name():
    shown = details("method", "dno-regularized").splitlines()
    assert "  gamma = 1.0   (official README: '--gamma 1' to regularise)" in shown
    assert "  learning_rate = 0.01   (official code, commit d67386f: --lr)" in shown
    assert "  family: noise optimisation" in shown
