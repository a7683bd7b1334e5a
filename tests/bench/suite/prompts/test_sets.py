"""Prompt sets: what the package ships is what sets.yaml says; what it does not ship is fetched, pinned, and parsed."""

import hashlib
from importlib.resources import files

import pytest
import yaml

from bench.errors import InputError
from bench.suite.prompts import resolve
from bench.suite.prompts.sets import FetchedSet, ShippedSet, prompt_set, prompt_sets
from bench.weights.source import Missing
from tests.bench.suite.prompts.test_formats import BENCHMARK, GENEVAL, PARTI, PICK
from tests.support.server import serving

SHIPPED = [name for name, entry in prompt_sets().items() if isinstance(entry, ShippedSet)]
# A stand-in of each set's file, and the prompts in it.
STAND_INS = {
    "parti-prompts": (PARTI, 4),
    "geneval": (GENEVAL, 2),
    "drawbench": ("Prompts,Category\nA red colored car.,Colors\nA black colored dog.,Colors\n", 2),
    "pick-a-pic-500": (PICK, 4),
    "hps-v2-all": ("a cat \n\na dog\na cat\n", 2),
    "imagereward-benchmark": (BENCHMARK, 2),
} | {name: ("a green bench\na blue bowl", 2) for name in prompt_sets() if name.startswith("t2i-compbench-")}


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("DNO_BENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def pinned_to(name, text):
    """The set, its pins those of a stand-in."""
    body = text.encode()
    pins = {"bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}
    return FetchedSet.model_validate(prompt_set(name).model_dump() | pins)


def test_only_two_sets_are_shipped():
    """The others belong to their authors; each of them has a stand-in here."""
    assert SHIPPED == ["simple-animals", "emoji-colors"]
    assert {*SHIPPED, *STAND_INS} == set(prompt_sets())
    assert {path.name for path in files("prompts").iterdir() if path.name.endswith((".txt", ".csv", ".tsv"))} == {
        prompt_set(name).file for name in SHIPPED
    }


@pytest.mark.parametrize("name", SHIPPED)
def test_what_is_shipped_is_what_its_entry_says(name):
    entry = prompt_set(name)
    content = files("prompts").joinpath(entry.file).read_bytes()
    assert hashlib.sha256(content).hexdigest() == entry.sha256
    assert len(entry.prompts()) == len(set(entry.prompts())) == entry.size


@pytest.mark.parametrize("name", STAND_INS)
def test_a_set_is_fetched_from_its_repository_at_its_commit(name, monkeypatch):
    text, count = STAND_INS[name]
    entry = pinned_to(name, text)
    path = f"/{entry.repository}/{entry.commit}/{entry.path}"
    with serving({path: text.encode()}) as server:
        monkeypatch.setattr("bench.suite.prompts.sets.RAW", server.url)
        with pytest.raises(
            Missing, match=rf"prompt set '{name}' is not on this machine; `dno-bench fetch prompts {name}`"
        ):
            entry.prompts()
        for source in entry.sources():
            source.fetch()
        assert server.requests == [(path, None)]
    prompts = entry.prompts()
    assert len(prompts) == len(set(prompts)) == count
    assert all(prompt == prompt.strip() != "" for prompt in prompts)


def test_a_set_that_its_authors_changed_is_refused(monkeypatch):
    entry = pinned_to("geneval", GENEVAL)
    changed = GENEVAL.replace("bench", "couch").encode()
    with serving({f"/{entry.repository}/{entry.commit}/{entry.path}": changed}) as server:
        monkeypatch.setattr("bench.suite.prompts.sets.RAW", server.url)
        (source,) = entry.sources()
        with pytest.raises(InputError, match="has the sha256"):
            source.fetch()


def test_pins_are_whole_and_no_two_sets_share_a_file():
    fetched = [entry for entry in prompt_sets().values() if isinstance(entry, FetchedSet)]
    names = [source.name for entry in fetched for source in entry.sources()]
    assert len(names) == len(set(names)) == len({entry.sha256 for entry in fetched}) == 14
    (source,) = prompt_set("drawbench").sources()
    assert source.url == (
        "https://raw.githubusercontent.com/xie-lab-ml/Golden-Noise-for-Diffusion-Models/"
        "aa7103edd7746dab9793aac9e785515d57316ace/data/drawbench.csv"
    )


def test_the_file_is_plain_yaml_with_every_fact():
    entries = yaml.safe_load(files("prompts").joinpath("sets.yaml").read_text(encoding="utf-8"))
    assert all(entry["licence"] and entry["size"] and entry["sha256"] for entry in entries.values())


def test_words_in_place_of_prompts():
    assert resolve(["white rabbit", "simple-animals"])[:2] == ["white rabbit", "cat"]
    with pytest.raises(InputError, match="'cat' stands more than once"):
        resolve(["cat", "simple-animals"])
    with pytest.raises(InputError, match="did you mean 'parti-prompts'"):
        resolve(["parti-promts"])
    with pytest.raises(Missing, match="`dno-bench fetch prompts drawbench` gets it"):
        resolve(["drawbench"])
