import pytest

from bench.run.mirrored import checkpoint_row, config_of, final_values
from bench.suite.budget import Budget
from tests.support.cells import make_cell, make_emoji_cell


def test_the_config_names_the_cell_and_all_options_with_defaults():
    cell = make_emoji_cell("slow", {"use": "dno", "learning_rate": 0.5})
    config = config_of(cell, "demo")
    keys = ("run", "cell", "model", "reward", "method", "family", "prompt", "seed", "budget")
    assert [config[key] for key in keys] == [
        "demo", cell.id, "emoji", "darkness", "slow", "noise optimisation", "cat", 0, "60nfe",
    ]  # fmt: skip
    assert config["method/learning_rate"] == 0.5
    assert config["method/batch_size"] == 1
    assert config["model/steps"] == 10
    assert config["source/method"].endswith("dno.py")
    assert config["sha256/method"] == cell.sources["method"]


def test_nested_options_are_flat_too():
    weighted = {"use": "sum", "of": {"darkness": 0.5, "jpeg-compressibility": {"weight": 2}}}
    config = config_of(make_cell(reward="both", reward_options=weighted), "demo")
    assert config["reward/of/darkness"] == 0.5
    assert config["reward/of/jpeg-compressibility/weight"] == 2
    assert not any(isinstance(value, dict) for value in config.values())


def checkpoint(budget, reward, seconds=1.5, **metrics):
    return {"budget": budget, "best_reward": reward, "seconds": seconds, "metrics": metrics}


def test_a_checkpoint_is_a_row_at_its_seconds_and_nothing_where_nothing_was_scored():
    row = checkpoint_row(checkpoint(5, 0.25, adherence=0.5, fid=None))
    assert row == {"seconds": 1.5, "checkpoint/reward": 0.25, "checkpoint/adherence": 0.5}
    assert checkpoint_row(checkpoint(5, None, seconds=None)) == {}


@pytest.mark.parametrize(("text", "whole"), [("0.3s", 0.3), ("20nfe", 20)])
def test_final_is_what_stands_at_the_whole_budget_and_no_earlier_one(text, whole):
    rows = [checkpoint(whole / 2, 0.25), checkpoint(whole, 0.5, adherence=0.75)]
    assert final_values(rows, Budget.parse(text)) == {"final/reward": 0.5, "final/adherence": 0.75}
    assert final_values(rows[:1], Budget.parse(text)) == {}
