"""A user's own prompts: read from the usual kinds of files, all that is wrong said at once."""

import json

import pandas as pd
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
        ("mine.tsv", "note\tprompt\nx\ta cat\ny\ta dog, asleep\nz\tein Käfer\n"),
        ("mine.json", json.dumps([{"prompt": prompt} for prompt in PROMPTS])),
        ("mine.JSONL", "".join(json.dumps({"prompt": prompt, "id": 1}) + "\n" for prompt in PROMPTS)),
    ],
)
def test_formats_of_text(tmp_path, name, text, capsys):
    path = write(tmp_path, name, text)
    assert read_own(path) == PROMPTS
    words = ["white duck", name, "simple-animals"]
    assert with_files_read(words, tmp_path) == ["white duck", *PROMPTS, "simple-animals"]
    assert with_files_read([str(path)], tmp_path / "elsewhere") == PROMPTS
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("kind", [None, "large_string", "category"])
def test_parquet(tmp_path, kind):
    frame = pd.DataFrame({"prompt": PROMPTS, "id": [1, 2, 3]})
    frame.astype({"prompt": kind} if kind == "category" else {}).to_parquet(tmp_path / "mine.parquet")
    assert with_files_read(["mine.parquet"], tmp_path) == PROMPTS
    with pytest.raises(InputError, match=r"its column 'id' holds no texts"):
        read_own(tmp_path / "mine.parquet", "id")
    with pytest.raises(InputError, match=r"it has no column 'text' \(but 'prompt', 'id'\)"):
        read_own(tmp_path / "mine.parquet", "text")
    (tmp_path / "mine.parquet").write_text("a cat")
    with pytest.raises(InputError, match=r"mine\.parquet is not a parquet file of prompts: "):
        read_own(tmp_path / "mine.parquet")


def test_a_column_is_named_behind_the_path(tmp_path):
    write(tmp_path, "a.csv", "prompt,text\nx,a cat\n")
    write(tmp_path, "b.JSON", '[{"caption of it": "a dog"}]')
    assert with_files_read(["a.csv:text", "b.JSON:caption of it"], tmp_path) == ["a cat", "a dog"]
    with pytest.raises(InputError, match="its first line names no column 'txt'"):
        with_files_read(["a.csv:txt"], tmp_path)
    write(tmp_path, "c.txt", "a cat\n")
    with pytest.raises(InputError, match=r"c\.txt has no column 'text': every line"):
        with_files_read(["c.txt:text"], tmp_path)


def test_blank_and_repeated_prompts_are_left_out_with_a_note(tmp_path, capsys):
    path = write(tmp_path, "mine.txt", "a cat\n\na dog\n a cat \n  \na dog\nother.txt\na cat\n")
    assert read_own(path) == ["a cat", "a dog", "other.txt"]
    assert capsys.readouterr().err == f"note: {path}: 2 blank and 3 repeated prompts are left out\n"


def test_all_that_is_wrong_is_said_in_one_line(tmp_path):
    lines = [{"prompt": text} for text in ("a cat", "x" * 1001, "", "y" * 1000, "drawbench", "a\ud83d")]
    path = write(tmp_path, "mine.jsonl", "".join(f"{json.dumps(line)}\n" for line in lines))
    with pytest.raises(InputError) as refused:
        read_own(path)
    assert str(refused.value) == (
        f"{path}: line 2 has 1,001 characters; line 5 would be taken for a set, 'drawbench'; "
        "line 6 holds half of a surrogate pair; prompts are texts of 1 to 1,000 characters"
    )


def test_lines_of_a_table_are_those_of_the_file(tmp_path):
    path = write(tmp_path, "mine.csv", 'prompt,note\na cat,"two\nlines"\ndrawbench,\n\n"",x\n')
    with pytest.raises(InputError, match="line 4 would be taken for a set"):
        read_own(path)


@pytest.mark.parametrize("name", ["mine.txt", "mine.jsonl"])
def test_an_empty_file(tmp_path, name):
    with pytest.raises(InputError, match=rf"{name} holds no prompts"):
        read_own(write(tmp_path, name, ""))


def test_nested_too_deeply(tmp_path):
    with pytest.raises(InputError, match=r"mine\.json is not a json file of prompts"):
        read_own(write(tmp_path, "mine.json", "[" * 100_000))


def test_whatever_is_there_or_ends_like_a_table_is_a_file(tmp_path):
    (tmp_path / "a folder").mkdir()
    write(tmp_path, "notes", "a cat\n")
    for word in (
        "a.txt",
        "sets/a.csv",
        "/x/a.jsonl",
        "a.tsv:x",
        "a.parquet",
        "a.xlsx",
        "a.csv.gz",
        "a folder",
        "notes",
        ".",
    ):
        assert is_file(word, tmp_path), word
    for word in ("a cat", "hps-v2-all", "St. Mark's, 3.14", "", " ", "drawbench", "a" * 5000, "a\0b", "a\ud83d"):
        assert not is_file(word, tmp_path), word
    (tmp_path / "drawbench").mkdir()
    assert not is_file("drawbench", tmp_path)


@pytest.mark.parametrize("word", ["a folder", "notes", "a.xlsx", "a.yaml"])
def test_what_is_no_file_of_prompts_is_refused(tmp_path, word):
    (tmp_path / "a folder").mkdir()
    for name in ("notes", "a.xlsx", "a.yaml"):
        write(tmp_path, name, "a cat\n")
    with pytest.raises(InputError, match=rf"{word} is no file of prompts \(which end in .txt, .csv, .*.parquet\)"):
        with_files_read([word], tmp_path)
