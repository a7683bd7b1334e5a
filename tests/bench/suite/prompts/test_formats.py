"""Files of prompts in the formats of the sets that are fetched, from stand-ins written as their authors write them."""

import csv
import io
import json

import pandas as pd
import pytest

from bench.errors import InputError
from bench.suite.prompts.formats import read_rows

PROMPTS = ['a "quoted" word', "one, two and three", "Salvador Dalí", "one\u2028line, \x85 too"]
PARTI = (
    "Prompt\tCategory\tChallenge\tNote\n"
    "bond\tAbstract\tBasic\tA word alone\n"
    'a fox, flying over a city at night. \tWorld Knowledge\tComplex\t\n'
    '"H E L L O" in tall letters on a barn\tIllustrations\tWriting & Symbols\t\n'
    "a t-shirt\tArtifacts\tBasic\t\n"
)  # fmt: skip
PICK = (
    "序号,caption,caption_zh,备注\n"
    "0,a cat,猫,\n"
    '1,"soft, ""very"" soft",软,\n'
    "2,,,\n"
    '3,an elf,"精灵\n8k",\n'
    "4,a mouse,鼠,\n"
)  # fmt: skip
GENEVAL = (
    '{"tag": "single_object", "include": [{"class": "bench", "count": 1}], "prompt": "a photo of a bench"}\n'
    '{"tag": "counting", "include": [{"class": "clock", "count": 2}], "prompt": "a photo of two clocks"}\n'
)
BENCHMARK = json.dumps([{"id": "1", "prompt": "a cat"}, {"id": "2", "prompt": "a dog "}], indent=4)


@pytest.fixture
def rows(tmp_path):
    def read(text, form, field="prompt"):
        (tmp_path / "file").write_bytes(text.encode() if isinstance(text, str) else text)
        return read_rows(tmp_path / "file", form, field)

    return read


def test_lines_of_text(rows):
    """T2I-CompBench's last line has no newline; hps_v2_all has blank lines and spaces at the end of others."""
    assert rows("a green bench \n\na blue bowl", "txt") == [(1, "a green bench"), (2, ""), (3, "a blue bowl")]
    assert rows("\ufeffa\r\nb\r\n", "txt") == [(1, "a"), (2, "b")]
    assert rows("", "txt") == []
    assert [prompt for _, prompt in rows("\n".join(PROMPTS), "txt")] == PROMPTS


def test_parti_prompts(rows):
    assert rows(PARTI, "tsv", "Prompt") == [
        (2, "bond"),
        (3, "a fox, flying over a city at night."),
        (4, '"H E L L O" in tall letters on a barn'),
        (5, "a t-shirt"),
    ]


def test_a_spreadsheets_csv_with_blanks_and_a_line_break_in_a_cell(rows):
    assert rows(PICK, "csv", "caption") == [
        (2, "a cat"),
        (3, 'soft, "very" soft'),
        (4, ""),
        (5, "an elf"),
        (7, "a mouse"),
    ]
    oracle = pd.read_csv(io.StringIO(PICK), keep_default_na=False)["caption"].tolist()
    assert [prompt for _, prompt in rows(PICK, "csv", "caption")] == oracle


def test_what_csv_writes_is_read(rows):
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows([["prompt", "note"], *([prompt, "x"] for prompt in PROMPTS)])
    assert [prompt for _, prompt in rows(buffer.getvalue(), "csv")] == PROMPTS


def test_geneval(rows):
    assert rows(GENEVAL, "jsonl") == [(1, "a photo of a bench"), (2, "a photo of two clocks")]
    assert rows(GENEVAL.replace("\n", "\n\n", 1), "jsonl")[1:] == [(2, ""), (3, "a photo of two clocks")]


def test_imagereward_benchmark(rows):
    assert rows(BENCHMARK, "json") == [(1, "a cat"), (2, "a dog")]


@pytest.mark.parametrize(
    ("text", "form", "message"),
    [
        ("text\na cat\n", "csv", "its first line names no column 'prompt' \\(but 'text'\\)"),
        ("", "csv", r"names no column 'prompt' \(but nothing\)"),
        ("prompt\na cat\na cat, a dog\n", "csv", "line 3 has 2 cells and not 1; a prompt with commas stands in quotes"),
        ('prompt\n"a cat\n', "csv", "line 2: unexpected end of data"),
        ("Prompt\tNote\na\n", "tsv", "line 2 has 1 cells and not 2"),
        ('{"prompt": "a"}\nb\n', "jsonl", "line 2: Expecting value at character 1"),
        ('{"prompt": "a"}\n{"text": "b"}\n', "jsonl", "line 2 is no object with a text 'prompt'"),
        ('{"prompt": 3}\n', "jsonl", "line 1 is no object with a text 'prompt'"),
        ('["a"]\n', "jsonl", "line 1 is no object"),
        ('{"prompt": "a"}', "json", "it holds no list"),
        ('[{"prompt": "a"}, "b"]', "json", "object 2 is no object with"),
        ("[", "json", "Expecting value"),
        (b"caf\xe9\n", "txt", "it is not UTF-8 text"),
    ],
)
def test_what_is_not_in_the_format_says_where(rows, tmp_path, text, form, message):
    field = "Prompt" if form == "tsv" else "prompt"
    with pytest.raises(InputError, match=message) as refused:
        rows(text, form, field)
    assert str(tmp_path / "file") in str(refused.value)
    assert "\n" not in str(refused.value)


def test_what_cannot_be_read(tmp_path):
    with pytest.raises(InputError, match=r"cannot read prompts .*nowhere: No such file"):
        read_rows(tmp_path / "nowhere", "txt", "prompt")
