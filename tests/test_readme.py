"""What the README tells people to type works, and says what is so."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from bench.store.columns import SCORES
from bench.suite.fetch import sources_for
from bench.suite.suite import load_suite, shipped_suites
from bench.testing.method_table import SECTION, method_table
from tests.support import examples
from tests.support.cli import dno_bench

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def blocks(language):
    return [block.text for block in examples.blocks(README) if block.language == language]


def commands(pattern):
    lines = [
        words for block in examples.blocks(README) if block.language == "bash" for words in examples.commands(block)
    ]
    return [words for words in lines if re.match(pattern, " ".join(words))]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A folder with the README's method and a run of it, the budget cut down."""
    home = tmp_path_factory.mktemp("readme")
    (home / "my_method.py").write_text(next(block for block in blocks("python") if "HillClimb:" in block))
    (home / "test_mine.py").write_text(next(block for block in blocks("python") if "TestHillClimb" in block))
    return home


def works(words, home):
    """What a command of the README prints."""
    done = dno_bench(*words, cwd=home)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_add_your_method_is_complete_and_conforms(home):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_mine.py"]
    checked = subprocess.run(command, cwd=home, capture_output=True, text=True, timeout=900)
    assert checked.returncode == 0, checked.stdout
    assert re.search(r"\d\d passed", checked.stdout)


def test_every_command_of_use_it_works(home, few_plots):
    """In the order of the README; the runs with a smaller budget, one prompt and one reward."""
    small = ["--budget", "50nfe", "--prompts", "white duck", "--seeds", "0", "--wandb", "off"]
    for words in commands("dno-bench"):
        is_run = words[1] == "run" and words[2] == "demo"
        if words[:3] == ["dno-bench", "run", "hacking"] or words[1] == "reproduce":
            continue
        if words[1] == "fetch":  # gigabytes, where there is a network: that the names are known will do
            assert sources_for(words[2:])
            continue
        shorter = [word for i, word in enumerate(words) if word != "--budget" and words[i - 1] != "--budget"]
        one_reward = [] if "--rewards" in words else ["--rewards", "darkness"]
        output = works([*shorter[1:], *([*small, *one_reward] if is_run else [])], home)
        assert output.strip()
        if "my_method.py@hill-climb" in words[-5:] or "hill-climb" in " ".join(words):
            assert "hill-climb" in output


def test_published_numbers_are_reproduced(tmp_path):
    """The first three values of each curve, between which it rises most, from a quarter of the README's samples."""
    (words,) = commands("dno-bench reproduce")
    # Of 250 samples: an offer each, and of Hybrid-2 two perturbed samples of each between them.
    budgets = {"dno": f"{250 * 41}rewards", "dno-hybrid-2": f"{250 * (1 + 3 * 100)}rewards"}
    numbers = yaml.safe_load((ROOT / "results/published/dno.yaml").read_text())
    numbers["entries"] = [{**one, "suite": "short.yaml"} for one in numbers["entries"] if one["id"] == words[2]]
    for curve in numbers["entries"][0]["curves"]:
        curve["steps"], curve["values"] = curve["steps"][:3], curve["values"][:3]
        curve["ours"]["budget"] = budgets[curve["ours"]["method"]]
    suite = yaml.safe_load(shipped_suites()[words[2]].read_text())
    for experiment in suite["experiments"]:
        ((method, options),) = experiment["methods"].items()
        experiment["budget"], options["batch_size"] = budgets[method], options["batch_size"] // 4
    (tmp_path / "short.yaml").write_text(yaml.safe_dump(suite))
    (tmp_path / "numbers.yaml").write_text(yaml.safe_dump(numbers))
    output = works(["reproduce", f"numbers.yaml@{words[2]}", "--wandb", "off"], tmp_path)
    assert output.count("match (3 of 3 values match)") == 2


def test_the_two_commands_are_modes_of_the_script():
    usage = subprocess.run([ROOT / "reproduce.sh", "--help"], capture_output=True, text=True)
    assert usage.returncode == 0
    for words in commands(r"\./reproduce\.sh"):
        mode = words[1] if len(words) > 1 else "demo"
        assert re.search(rf"^  {mode} ", usage.stdout, flags=re.MULTILINE)
    unknown = subprocess.run([ROOT / "reproduce.sh", "nonsense"], capture_output=True, text=True)
    assert unknown.returncode == 2
    assert unknown.stderr.startswith("usage: ")


def test_the_suite_example_is_valid(tmp_path):
    (tmp_path / "my-suite.yaml").write_text(blocks("yaml")[0])
    assert len(load_suite(str(tmp_path / "my-suite.yaml")).cells()) == 31 * 2 * 3 + 31 + 31 * 2


def test_the_suite_example_runs_to_a_table(tmp_path, few_plots):
    """With one prompt and smaller budgets, of both units."""
    smaller = {"[0, 1, 2]": "[0]", "30s": "1.5s", "500nfe": "100nfe", "10s": "1s", "[0.1, 0.5, 1]": "[0.5, 1]"}
    text = blocks("yaml")[0]
    for written, small in smaller.items():
        assert written in text
        text = text.replace(written, small)
    (tmp_path / "my-suite.yaml").write_text(text)
    output = works(["run", "my-suite.yaml", "--limit", "1", "--wandb", "off"], tmp_path)
    for shown in ("slow-dno", "dno learning_rate=0.01", "dno learning_rate=0.1", "1.5 s", "100 evaluations", "1 s"):
        assert shown in output
    assert works(["status", "results/runs/my-suite"], tmp_path).endswith(": 5 of 5 cells done, 0 failed, 0 left\n")


def test_all_columns_are_explained():
    explained = README.split("## What the columns mean")[1].split("## How time")[0]
    for column in SCORES:
        assert column in explained


def test_the_table_of_methods_is_what_they_declare():
    """`python -m bench.testing.method_table` writes it anew."""
    found = re.search(SECTION, README)
    assert found is not None
    assert found[0] == method_table()


def test_links_and_pictures_exist():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert target.startswith("http") or (ROOT / target).exists(), target
