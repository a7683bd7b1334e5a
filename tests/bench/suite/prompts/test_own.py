"""A user's own prompts: read from three kinds of files, all that is wrong said at once."""

import json

import pytest

from bench.errors import InputError
from bench.suite.prompts.own import is_file, read_own, with_files_read

PROMPTS = ["a cat", "a dog, asleep", "ein Käfer"]


def write(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("mine.txt", "\n".join(PROMPTS)),
        ("mine.csv", 'note,prompt\nx,a cat\ny,"a dog, asleep"\nz,ein Käfer\n'),
        ("mine.JSONL", "".join(json.dumps({"prompt": prompt, "id": 1}) + "\n" for prompt in PROMPTS)),
    ],
)
def test_three_formats(tmp_path, name, text):
    path = write(tmp_path, name, text)
    assert read_own(path) == PROMPTS
    assert with_files_read(["white duck", str(path), "simple-animals"]) == ["white duck", *PROMPTS, "simple-animals"]


def test_all_that_is_wrong_is_said_in_one_line(tmp_path):
    lines = ["a cat", "", "a dog", " a cat ", "x" * 1001, "y" * 1000, "a dog", "drawbench", "other.txt"]
    path = write(tmp_path, "mine.txt", "\n".join(lines) + "\n")
    with pytest.raises(InputError) as refused:
        read_own(path)
    assert str(refused.value) == (
        f"{path}: line 2 is empty; line 4 repeats line 1; line 5 has 1,001 characters; line 7 repeats line 3; "
        "line 8 would be taken for a set or file, 'drawbench'; line 9 would be taken for a set or file, 'other.txt'; "
        "prompts are different texts of 1 to 1,000 characters"
    )


def test_lines_of_a_table_are_those_of_the_file(tmp_path):
    path = write(tmp_path, "mine.csv", 'prompt,note\na cat,"two\nlines"\na cat,\n\n"",x\n')
    with pytest.raises(InputError, match="line 4 repeats line 2; line 5 is empty; line 6 is empty"):
        read_own(path)


@pytest.mark.parametrize("name", ["mine.txt", "mine.jsonl"])
def test_an_empty_file(tmp_path, name):
    with pytest.raises(InputError, match=rf"{name} holds no prompts"):
        read_own(write(tmp_path, name, ""))


def test_what_is_taken_for_a_file():
    assert all(map(is_file, ["a.txt", "sets/a.csv", "/x/a.jsonl"]))
    assert not any(map(is_file, ["a cat", "hps-v2-all", "a.yaml", "St. Mark's, 3.14"]))
