"""Suites: what they expand to, how they are narrowed, and errors that name file, line and field."""

import json
import re
from pathlib import Path

import pytest
import yaml

from bench.errors import InputError
from bench.registry import METHODS
from bench.suite.cell import Cell
from bench.suite.suite import Suite, load_suite, shipped_suites, suite_from
from tests.support.plugins import HERE

GOOD = f"""
name: small
models: [{HERE}@gaussian]
prompts: [cat, dog]
metrics: [noise-probability]
seeds: [0, 1]
budget: 10s
experiments:
  - rewards: [{HERE}@mean]
    methods: {{base: , fast: {{use: dno, learning_rate: 0.5}}}}
  - rewards: [{HERE}@spread]
    methods: [base]
    seeds: [7]
    budget: 100nfe
"""


def write(tmp_path, text):
    path = tmp_path / "suite.yaml"
    path.write_text(text)
    return str(path)


def test_cells_are_the_product_of_each_experiment(tmp_path):
    cells = load_suite(write(tmp_path, GOOD)).cells()
    assert len(cells) == 2 * 2 * 2 + 2
    assert len({cell.id for cell in cells}) == len(cells)
    first, last = cells[1], cells[-1]
    assert isinstance(first, Cell)
    assert (first.model, first.reward, first.method, str(first.budget)) == ("gaussian", "mean", "fast", "10s")
    assert (first.method_options, set(first.held_out)) == ({"use": "dno", "learning_rate": 0.5}, {"spread"})
    assert (last.seed, str(last.budget), set(last.held_out)) == (7, "100nfe", {"mean"})
    assert first.checkpoints == (0.25, 0.5, 1.0)


def test_checkpoints_of_the_same_count_stand_once(tmp_path):
    """1, 1 and 3 of three evaluations."""
    cells = load_suite(write(tmp_path, GOOD.replace("100nfe", "3nfe"))).cells()
    assert (cells[0].checkpoints, cells[-1].checkpoints) == ((0.25, 0.5, 1.0), (0.5, 1.0))


def test_cell_ids_are_stable_and_follow_every_field(tmp_path):
    ids = [cell.id for cell in load_suite(write(tmp_path, GOOD)).cells()]
    assert ids == [cell.id for cell in load_suite(write(tmp_path, GOOD)).cells()]
    changed = [cell.id for cell in load_suite(write(tmp_path, GOOD.replace("0.5}", "0.6}"))).cells()]
    assert len(set(ids) & set(changed)) == len(ids) - 4


def test_a_file_of_prompts_is_read_at_once(tmp_path):
    """What a run is stored with does not change with the file."""
    own = tmp_path / "own.csv"
    own.write_text('prompt,note\n"a cat, asleep",x\na dog,y\n')
    suite = load_suite(write(tmp_path, GOOD.replace("[cat, dog]", f"[{own}, an owl]")))
    narrowed = load_suite(write(tmp_path, GOOD)).narrowed({"prompts": [str(own)]})
    own.write_text("prompt\na crow\n")
    stored = Suite.model_validate(suite.model_dump(mode="json"))
    assert {cell.prompt for cell in stored.cells()} == {"a cat, asleep", "a dog", "an owl"}
    assert {cell.prompt for cell in narrowed.cells()} == {"a cat, asleep", "a dog"}


def test_every_shipped_suite_is_valid():
    assert {"demo", "hacking"} <= set(shipped_suites())
    for name in shipped_suites():
        assert load_suite(name).cells()


def test_the_field_is_judged_on_one_set_of_prompts_and_tuned_on_others():
    field, turbo, search, tuning = (
        {cell.prompt for cell in load_suite(name).cells()}
        for name in ("field", "field-turbo", "search", "field-tuning")
    )
    assert field == turbo == search
    assert not field & tuning


@pytest.mark.parametrize(("suite", "model"), [("field", "emoji"), ("field-turbo", "emoji-turbo")])
def test_the_settings_of_the_field_are_those_that_its_tuning_chose(suite, model):
    text = (Path(__file__).parents[3] / "results" / "reference" / "field" / "tuning.md").read_text()
    table = text.split(f"### settings of each method on {model}\n")[1].split("\n###")[0]
    chosen = {row.replace("\\", "") for row in re.findall(r"^\| (\S+ .*?) \| \*\*", table, re.M)}
    tuned = {cell.method: cell.create_method() for cell in load_suite("field-tuning").cells() if cell.model == model}
    ran = {cell.method: cell.create_method() for cell in load_suite(suite).cells()}
    assert chosen <= set(tuned)
    assert len(chosen) == len({label.split()[0] for label in tuned})
    assert all(ran[label.split()[0]] == tuned[label] for label in chosen)


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("budget: 10s", "budget: 0s", None, "must be positive"),
        ("budget: 10s", "budget: [1]", 7, "budget: Input should be a valid string"),
        ("seeds: [7]", "seeds: [x]", 13, r"seeds\.0: Input should be a valid integer.*'x'"),
        ("seeds: [0, 1]", "seeds: [-1]", 6, "greater than or equal to 0"),
        ("name: small", "name: Not Good", 2, "name: String should match pattern"),
        ("metrics:", "metrix:", 5, "metrix: Extra inputs are not permitted"),
        ("prompts: [cat, dog]", "prompts: []", 4, "prompts: List should have at least 1 item"),
        ("prompts: [cat, dog]", "prompts: [cat,\n  cat]", 5, "prompts: 'cat' stands twice, first in line 4"),
        ("prompts: [cat, dog]", "prompts: [simple-animals, cat]", None, "'cat' stands more than once"),
        ("prompts: [cat, dog]", "prompts: [' ']", 4, r"prompts\.0: a prompt is empty"),
        ("seeds: [7]", "seeds: [7, 8, 7]", 13, r"seeds: 7 stands twice, first in line 13"),
        ("seeds: [7]", "seeds: [1.5]", 13, r"seeds\.0: Input should be a valid integer"),
        ("seeds: [7]", "seeds: [2024-99-99]", 13, r"seeds\.0: Input should be a valid integer"),
        ("seeds: [7]", "seeds: [true]", 13, r"seeds\.0: Input should be a valid integer"),
        ("seeds: [7]", f"seeds: [{2**63}]", 13, r"seeds\.0: Input should be less than 9223372036854775808"),
        ("budget: 100nfe", f"budget: 1{400 * '0'}s", 14, "must be positive and finite"),
        ("budget: 100nfe", "budget: 0.3nfe", 14, "must be a whole number of evaluations"),
        (
            "    methods: [base]",
            "    methods: [base, dno,\n      base]",
            13,
            "methods: 'base' stands twice, first in line 12",
        ),
        ("[base]", "{base: , x.py@base: }", 12, "'base' stands twice"),
        ("[base]", "{base: ,\n base: }", 13, "key 'base' stands twice, first in line 12"),
        (
            "[base]",
            "[{base: {}}]",
            12,
            r"item 1 is no name; options stand in a mapping, `NAME: \{...\}` without a dash",
        ),
        ("[base]", "base", 12, r"methods: a list of names, or names to options \(got 'base'\)"),
        ("[base]", "[[base]]", 12, "item 1 is no name"),
        ("[base]", "{'a/b': {use: base}}", 12, "'a/b' is no label"),
        ("[base]", '{"a\\nb": {use: base}}', 12, "is no label"),
        ("[base]", "{base: {use: [base]}}", None, "method 'base': `use` must be the name of a method"),
        ("[base]", "{base: 3}", 12, "Input should be a valid dictionary"),
        ("{base: , fast", "{base: {x: .nan}, fast", 10, "not a number that can be used: '.nan'"),
        ("models:", "models: {'a/b': {use: emoji}} #", 3, "'a/b' is no label"),
        ("@spread]", "@spread, {{x}}]", 11, "a key is a list or a mapping"),
        ("prompts: [cat, dog]", "prompts: [simple-animal]", None, "did you mean 'simple-animals'"),
        (
            "prompts: [cat, dog]",
            "prompts: [drawbench]",
            None,
            "not on this machine; `dno-bench fetch prompts drawbench`",
        ),
        ("prompts: [cat, dog]", "prompts: [x.jsonl]", None, r"cannot read prompts \S+x\.jsonl: No such file"),
        ("use: dno", "use: dnoo", None, "unknown method 'dnoo'; did you mean 'dno'"),
        ("learning_rate", "learningrate", None, "did you mean 'learning_rate'"),
        ("noise-probability", "noise-probabilty", None, "unknown metric.*did you mean 'noise-probability'"),
        ("[base]\n    seeds", "[dno]\n    seeds", None, "'dno' needs the gradient of reward 'spread'.*best-of-n"),
    ],
)
def test_bad_suites_say_where_and_what(tmp_path, monkeypatch, old, new, line, message):
    monkeypatch.setenv("DNO_BENCH_CACHE", str(tmp_path))
    assert old in GOOD
    path = write(tmp_path, GOOD.replace(old, new, 1))
    where = rf"{path}:{line}: .*" if line else ""
    with pytest.raises(InputError, match=f"{where}{message}"):
        load_suite(path).cells()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (GOOD.encode("utf-16"), "1: byte 0xff is not UTF-8; save it as UTF-8"),
        (GOOD.replace("cat", "Käfer").encode("latin-1"), "4: byte 0xe4 is not UTF-8; save it as UTF-8"),
        (GOOD.encode("utf-16-le"), "1: not YAML: "),
        (GOOD.replace("  - rewards", "\t- rewards").encode(), "9: not YAML: .*cannot start any token"),
    ],
)
def test_other_encodings_and_tabs_are_one_line(tmp_path, content, message):
    path = tmp_path / "suite.yaml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=rf"suite\.yaml:{message}") as refused:
        load_suite(str(path))
    assert "\n" not in str(refused.value)


def test_a_byte_order_mark_is_no_part_of_a_suite(tmp_path):
    path = tmp_path / "suite.yaml"
    path.write_text(GOOD, encoding="utf-8-sig")
    assert load_suite(str(path)).name == "small"


def test_black_box_is_true_or_false(tmp_path):
    for word in ("maybe", "yes", "1"):
        text = GOOD.replace(f"[{HERE}@mean]", f"{{{HERE}@mean: {{black_box: {word}}}}}")
        with pytest.raises(InputError, match="reward 'mean': black_box must be true or false, got "):
            load_suite(write(tmp_path, text)).cells()


def test_names_of_cells_fit_a_folder(tmp_path):
    long = "x" * 300
    text = GOOD.replace("fast:", f"{long}:").replace(f"[{HERE}@mean]", f"{{{long}y: {{use: {HERE}@mean}}}}")
    cells = load_suite(write(tmp_path, text.replace("[cat, dog]", f"[{long}, {long}z]"))).cells()
    assert len({cell.id for cell in cells}) == len(cells)
    assert max(len(cell.id.encode()) for cell in cells) <= 200


def test_what_is_no_suite_at_all(tmp_path):
    with pytest.raises(InputError, match="unknown suite 'demoo'; did you mean 'demo'"):
        load_suite("demoo")
    with pytest.raises(InputError, match="No such file"):
        load_suite(str(tmp_path / "nowhere.yaml"))
    with pytest.raises(InputError, match=r"suite\.yaml:2: not YAML: while parsing a flow sequence expected ',' or ']'"):
        load_suite(write(tmp_path, "b: 3\na: [1"))
    with pytest.raises(InputError, match=r"suite\.yaml:2: experiments: Input should be a valid list"):
        load_suite(write(tmp_path, "name: x\nexperiments: 3"))
    for text in ("", "3", "- a"):
        with pytest.raises(InputError, match=r"suite\.yaml:1: the file: Input should be"):
            load_suite(write(tmp_path, text))


def test_a_gradient_method_may_run_on_any_differentiable_reward(tmp_path):
    gradient = {name: {} for name in METHODS.names() if METHODS.get(name).facts.gradient}
    assert "dno" in gradient
    gradient |= {name: {"relative_to": "noise"} for name in ("freedom", "mpgd")}  # the toy has no guidance
    text = GOOD.replace("{base: , fast: {use: dno, learning_rate: 0.5}}", json.dumps(gradient))
    assert load_suite(write(tmp_path, text)).cells()


ANCHORED = GOOD.replace("experiments:", "anchors: {mean: [-1, 2.5]}\ntargets: {spread: [1, 2]}\nexperiments:", 1)


def test_anchors_and_targets_belong_to_the_suite_and_to_no_cell(tmp_path):
    suite = load_suite(write(tmp_path, ANCHORED))
    assert (suite.anchors, suite.targets) == ({"mean": (-1.0, 2.5)}, {"spread": [1.0, 2.0]})
    assert Suite.model_validate(suite.model_dump(mode="json")) == suite
    plain = load_suite(write(tmp_path, GOOD))
    assert [cell.id for cell in suite.cells()] == [cell.id for cell in plain.cells()]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("[2.5, -1]", "base < anchor"),
        ("[1]", "anchors"),
        ("[0, .inf]", "anchors"),
    ],
)
def test_anchors_ascend(tmp_path, wrong, message):
    with pytest.raises(InputError, match=message):
        load_suite(write(tmp_path, ANCHORED.replace("[-1, 2.5]", wrong)))


def test_anchors_and_targets_name_rewards_of_the_suite(tmp_path):
    """Before anything narrows the suite, which would drop a misspelt name as one that is not needed."""
    for right, wrong in (("{spread:", "{spraed:"), ("{mean:", "{men:")):
        with pytest.raises(InputError, match=f"did you mean '{right[1:-1]}'"):
            load_suite(write(tmp_path, ANCHORED.replace(right, wrong)))
    narrowed = load_suite(write(tmp_path, ANCHORED)).narrowed({"rewards": ["mean"]})
    assert (narrowed.anchors, narrowed.targets) == ({"mean": (-1.0, 2.5)}, {})


def test_a_mapping_is_a_suite_as_its_file_would_be(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("mine.txt").write_text("cat\ndog\n")
    fields = {
        "name": "own",
        "prompts": ["mine.txt"],
        "experiments": [
            {"rewards": ["darkness"], "methods": {"dno": {"learning_rate": [0.1, 0.2]}}, "seeds": [0], "budget": "5s"}
        ],
    }
    Path("own.yaml").write_text(yaml.safe_dump(fields))
    assert suite_from(fields) == load_suite("own.yaml")
    with pytest.raises(InputError, match=r"suite: experiments\.0\.seeds"):
        suite_from({**fields, "experiments": [{**fields["experiments"][0], "seeds": []}]})
