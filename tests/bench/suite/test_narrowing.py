"""A suite cut down from the command line: what is chosen keeps its options, what is not valid is refused."""

import pytest

from bench.errors import InputError
from bench.suite.suite import Suite
from tests.support.plugins import HERE

MEAN, SPREAD = f"{HERE}@mean", f"{HERE}@spread"
SUITE = Suite.model_validate(
    {
        "name": "small",
        "models": [f"{HERE}@gaussian"],
        "prompts": ["simple-animals", "an owl"],
        "budget": "10s",
        "seeds": [0, 1],
        "experiments": [
            {"rewards": [MEAN], "methods": {"base": {}, "fast": {"use": "dno", "learning_rate": 0.5}}},
            {"rewards": [SPREAD], "methods": [f"{HERE}@three", "dno lr=1"], "prompts": ["a crow", "a jay"]},
        ],
    }
)


def methods(suite):
    return [dict(one.methods) for one in suite.experiments]


def test_every_field_can_be_changed():
    changes = {"methods": ["fast"], "rewards": ["mean"], "prompts": ["cat"], "seeds": [3], "budget": "5nfe"}
    narrowed = SUITE.narrowed(changes)
    (cell,) = narrowed.cells()
    assert (cell.method, cell.reward, cell.prompt, cell.seed, str(cell.budget)) == ("fast", "mean", "cat", 3, "5nfe")
    assert cell.method_options["learning_rate"] == 0.5
    assert SUITE.narrowed({}) == SUITE


def test_what_an_experiment_lists_is_chosen_there_and_what_none_lists_is_added_to_all():
    assert methods(SUITE.narrowed({"methods": ["base", "three"]})) == [
        {"base": {}},
        {"three": {"use": f"{HERE}@three"}},
    ]
    assert methods(SUITE.narrowed({"methods": ["three", "best-of-n"]})) == [
        {"best-of-n": {}}, {"three": {"use": f"{HERE}@three"}, "best-of-n": {}},
    ]  # fmt: skip


def two_experiments(**second):
    shared = {"models": [f"{HERE}@gaussian"], "prompts": ["cat"], "budget": "10s", "seeds": [0]}
    first = {"rewards": [MEAN, SPREAD], "methods": ["base"]}
    other = {"rewards": [SPREAD], "methods": ["more-steps"], **second}
    return Suite.model_validate({"name": "two", **shared, "experiments": [first, other]})


def test_what_none_lists_is_not_asked_for_twice_where_experiments_share_their_cells():
    narrowed = two_experiments().narrowed({"methods": ["more-steps", "best-of-n"]})
    assert methods(narrowed) == [{"best-of-n": {}}, {"more-steps": {}}]
    assert narrowed.cells()


@pytest.mark.parametrize(
    "second", [{"budget": "5s"}, {"seeds": [2]}, {"prompts": ["dog"]}, {"rewards": [f"{HERE}@refuses"]}]
)
def test_it_is_added_to_all_that_have_cells_of_their_own(second):
    assert methods(two_experiments(**second).narrowed({"methods": ["best-of-n"]})) == [{"best-of-n": {}}] * 2


def test_a_path_names_what_the_suite_wrote_with_it_and_nothing_else():
    assert methods(SUITE.narrowed({"methods": [f"{HERE}@three"]})) == [{"three": {"use": f"{HERE}@three"}}]
    assert methods(SUITE.narrowed({"methods": ["mine.py@base"]})) == [{"base": {"use": "mine.py@base"}}] * 2


def test_the_name_of_a_grid_chooses_its_variants():
    assert methods(SUITE.narrowed({"methods": ["dno"]})) == [{"dno lr=1": {}}]


def test_the_limit_is_on_the_prompts_of_each_experiment():
    limited = SUITE.narrowed({"limit": 3})
    assert [one.prompts for one in limited.experiments] == [["cat", "dog", "horse"], ["a crow", "a jay"]]
    every = SUITE.narrowed({"limit": 1000})
    assert [len(one.prompts) for one in every.experiments] == [46, 2]
    assert SUITE.narrowed({"prompts": ["emoji-colors"], "limit": 1}).experiments[0].prompts == ["white duck"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"methods": ["base", "base"]}, "'base' is asked for twice"),
        ({"methods": [f"{HERE}@three", "three"]}, "'three' is asked for twice"),
        (
            {"methods": ["base"], "rewards": ["spread"]},
            "no experiment of the suite has methods base and rewards spread",
        ),
        ({"seeds": [1, 1]}, r"suite 'small': experiments\.0\.seeds: 1 stands twice"),
        ({"seeds": [2**63]}, "Input should be less than 9223372036854775808"),
        ({"budget": ""}, "budget '' is not understood"),
        ({"budget": f"1{400 * '0'}s"}, "must be positive and finite"),
        ({"prompts": ["a\ud83d"]}, "half of a surrogate pair"),
        ({"prompts": ["  "]}, "a prompt is empty"),
        ({"prompts": ["nowhere.csv"]}, "cannot read prompts nowhere.csv"),
    ],
)
def test_what_is_not_valid_is_refused(changes, message):
    with pytest.raises(InputError, match=message):
        SUITE.narrowed(changes)
