"""One label has one meaning, and no two cells have the same labels."""

import pytest

from bench.errors import InputError
from bench.suite.suite import Suite
from tests.support.plugins import HERE


def cells(one, other):
    shared = {
        "name": "two",
        "models": {"gaussian": {"use": f"{HERE}@gaussian"}},
        "prompts": ["cat"],
        "rewards": {"mean": {"use": f"{HERE}@mean"}},
        "methods": ["base"],
        "seeds": [0],
        "budget": "10s",
    }
    return Suite.model_validate({**shared, "experiments": [one, {"seeds": [1], **other}]}).cells()


@pytest.mark.parametrize(
    ("field", "kind", "one", "other"),
    [
        ("methods", "method", {"dno": {"learning_rate": 0.1}}, {"dno": {"learning_rate": 0.2}}),
        ("methods", "method", {"dno": {}}, {"dno": {"use": "best-of-n"}}),
        ("rewards", "reward", {"x": {"use": "darkness"}}, {"x": {"use": "brightness"}}),
        ("models", "model", {"g": {"use": f"{HERE}@gaussian"}}, {"g": {"use": f"{HERE}@gaussian", "steps": 3}}),
        ("metrics", "metric", {"p": {"use": "sharpness"}}, {"p": {"use": "saturation"}}),
    ],
)  # fmt: skip
def test_a_label_with_two_meanings_is_refused_with_both(field, kind, one, other):
    (label,) = one
    with pytest.raises(InputError) as refused:
        cells({field: one}, {field: other})
    assert str(refused.value) == (
        f"{kind} {label!r} means two things, {one[label]} and {other[label]}; give each a label of its own "
        f"(`use` names the {kind} behind a label)"
    )
    assert cells({field: one}, {field: one})


def test_a_reward_means_the_same_with_and_without_its_gradient():
    rewards = {"mean": {"use": f"{HERE}@mean", "black_box": True}}
    assert len(cells({}, {"rewards": rewards})) == 2
    assert len(cells({}, {"rewards": rewards, "seeds": [0], "budget": "5nfe"})) == 2


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"metrics": ["sharpness"]},
        {"checkpoints": [1]},
        {"rewards": {"mean": {"use": f"{HERE}@mean", "black_box": True}}},
    ],
)
def test_cells_that_no_table_could_tell_apart_are_refused(other):
    with pytest.raises(
        InputError, match="two experiments ask for the same cell: base on gaussian for mean, prompt 'cat', seed 0, 10s"
    ):
        cells({}, {"seeds": [0], **other})
