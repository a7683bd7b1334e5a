"""Two suites as one: every cell of either, and no other."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bench.suite.merging import merged
from bench.suite.suite import Suite

METHODS = {"base": {}, "best-of-n": {}, "dno": {}}
PROMPTS = ["a red cat", "a blue dog", "a green cow"]


def suite(methods=("base",), prompts=PROMPTS[:1], rewards=("darkness",), seeds=(0,), budget="10s", **further):
    fields = {"methods": {name: METHODS[name] for name in methods}, "seeds": list(seeds), "budget": budget}
    return Suite.model_validate({"name": "s", "prompts": list(prompts), "rewards": list(rewards), **fields, **further})


def some(values):
    return st.lists(st.sampled_from(values), min_size=1, unique=True)


SUITES = st.builds(
    suite,
    methods=some(list(METHODS)),
    prompts=some(PROMPTS),
    seeds=some([0, 1, 2]),
    budget=st.sampled_from(["1s", "2s"]),
)


def ids(one):
    return {cell.id for cell in one.planned()}


@settings(deadline=None)  # the first takes the time of imports
@given(st.lists(SUITES, min_size=2, max_size=4))
def test_the_cells_are_those_of_both(suites):
    whole = suites[0]
    for one in suites[1:]:
        whole = merged(whole, one)
    assert ids(whole) == set().union(*map(ids, suites))


def test_one_more_of_a_kind_widens_an_experiment():
    whole = merged(merged(suite(), suite(seeds=[0, 1])), suite(methods=["base", "dno"], seeds=[0, 1]))
    assert whole == suite(methods=["base", "dno"], seeds=[0, 1])


def test_what_a_narrower_suite_does_not_run_stays():
    wide = suite(rewards=["darkness", "brightness"], anchors={"darkness": [0, 1], "brightness": [0, 2]}, targets={})
    narrow = suite(anchors={"darkness": [0, 3]})
    assert merged(wide, narrow).experiments == wide.experiments
    assert merged(wide, narrow).anchors == {"darkness": (0, 3), "brightness": (0, 2)}


def test_set_metrics_and_published_tables_of_both_stay():
    before = suite(set_metrics={"fid": {}}, published=["one"])
    after = suite(seeds=[1], set_metrics={"kid": {}}, published=["two", "one"])
    whole = merged(before, after)
    assert whole.set_metrics == {"fid": {}, "kid": {}}
    assert whole.published == ["one", "two"]


def test_other_metrics_are_asked_of_all_cells_or_of_some():
    """An experiment that is asked for anew with other metrics takes the place of the old one."""
    before, after = suite(seeds=[0, 1]), suite(seeds=[0, 1], metrics=["saturation"])
    assert merged(before, after) == after
    assert len(merged(before, suite(metrics=["saturation"])).experiments) == 2


def test_seen_from_another_folder_an_experiment_is_the_same_and_its_paths_are_the_latest():
    before = suite(seeds=[0, 1], metrics={"mine": {"use": "m.py@mine"}})
    after = suite(metrics={"mine": {"use": "sub/m.py@mine"}})
    assert merged(before, after) == suite(seeds=[0, 1], metrics={"mine": {"use": "sub/m.py@mine"}})
