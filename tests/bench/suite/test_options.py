"""What the options of `run` say: commas between names, not inside a prompt."""

import pytest

from bench.errors import InputError
from bench.suite.options import changes


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.txt").write_text("a cat\n")
    (tmp_path / "folder").mkdir()


def asked(**options):
    return changes(**{**dict.fromkeys(("methods", "rewards", "prompts", "limit", "seeds", "budget")), **options})


@pytest.mark.parametrize(
    ("values", "prompts"),
    [
        (["a white duck, photorealistic"], ["a white duck, photorealistic"]),
        (["cat", "a dog, asleep"], ["cat", "a dog, asleep"]),
        (["simple-animals, mine.txt"], ["simple-animals", "mine.txt"]),
        (["table.csv:text,folder,emoji-colors"], ["table.csv:text", "folder", "emoji-colors"]),
        (["mine.txt"], ["mine.txt"]),
        ([" "], [" "]),
    ],
)
def test_a_prompt_keeps_its_commas_and_lists_of_sets_and_files_are_split(values, prompts):
    assert asked(prompts=values) == {"prompts": prompts}


def test_names_and_seeds_are_split_and_options_may_be_repeated():
    assert asked(methods=["base, dno", "x.py@y"], rewards=['"0.5 a + 1 b", c', "d,"[:1]], seeds=["0,1", "7"]) == {
        "methods": ["base", "dno", "x.py@y"], "rewards": ["0.5 a + 1 b", "c", "d"], "seeds": [0, 1, 7],
    }  # fmt: skip
    assert asked(methods=['"a,b/x.py@y",base']) == {"methods": ["a,b/x.py@y", "base"]}
    assert asked(budget="", limit=3, methods=[]) == {"budget": "", "limit": 3}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"methods": ["base,"]}, "--methods 'base,': a name is empty"),
        ({"rewards": [""]}, "--rewards '': a name is empty"),
        ({"seeds": [""]}, "--seeds '': a name is empty"),
        ({"seeds": ["1,-2"]}, r"--seeds '1,-2': write whole numbers from 0 to 2\^63 - 1"),
        ({"seeds": ["1.5"]}, "write whole numbers"),
        ({"seeds": ["9" * 5000]}, "write whole numbers"),
        ({"prompts": ["simple-animal,emoji-colors"]}, "'simple-animal' names no set or file as other parts do"),
    ],
)
def test_what_is_no_list(options, message):
    with pytest.raises(InputError, match=message):
        asked(**options)
