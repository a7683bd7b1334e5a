import pytest

from bench.output.plots.kinds.gallery import galleries
from bench.output.plots.registry import LeftOutError
from tests.support.evidence import GivenEvidence

ROLES = ("the model's own", "the most reward", "the most of those that stay in distribution")


def texts_of(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def rows_of(figure):
    """Methods by role, from above."""
    labels = [text.split("\n", 1) for text in texts_of(figure)]
    found = [(label[0], label[1].replace("\n", " ")) for label in labels if len(label) == 2]
    return [(method, role) for method, role in found if role in ROLES]


def gallery(make_store, methods, distance, **changes):
    scores, curves, folder = make_store(methods, **changes)
    scores["support-distance"] = scores["method"].map(distance)
    return next(galleries(GivenEvidence(scores, curves, folder))).figure


def test_who_leads_and_who_leads_of_those_that_stay_stand_below_the_model(make_store):
    """Rewards rise from method to method."""
    far = gallery(make_store, ["base", "best-of-n", "dno"], {"base": 0.1, "best-of-n": 0.09, "dno": 0.4}, seeds=3)
    assert rows_of(far) == list(zip(("base", "dno", "best-of-n"), ROLES, strict=True))
    near = gallery(make_store, ["base", "best-of-n", "dno"], {"base": 0.1, "best-of-n": 0.1, "dno": 0.1})
    assert rows_of(near) == list(zip(("base", "dno"), ROLES, strict=False))


def test_pictures_are_those_of_the_largest_budget(make_store):
    figure = gallery(make_store, ["base", "dno"], {"base": 0.1, "dno": 0.1}, prompts=("a cat", "a dog", "a cow"))
    images = figure.axes[0].images
    assert len(images) == 6
    assert {tuple(image.get_array()[0, 0][:2]) for image in images} == {
        (0, 200),
        (10, 200),
    }  # red: method, green: budget
    assert {text for text in texts_of(figure) if text in {"a cat", "a dog", "a cow"}} == {"a cat", "a dog", "a cow"}


def test_the_most_telling_prompts_are_shown(make_store):
    names = [f"cat {number}" for number in range(12)]
    scores, curves, folder = make_store(["base", "dno"], prompts=names, seeds=1)
    apart = {name: number for number, name in enumerate(names)}
    scores["best_reward"] += scores["prompt"].map(apart) * (scores["method"] == "dno")
    shown = texts_of(next(galleries(GivenEvidence(scores, curves, folder))).figure)
    assert [text for text in shown if text in apart] == names[:3:-1]


def test_without_images_it_is_left_out(make_store):
    scores, curves, folder = make_store(["base", "dno"])
    with pytest.raises(LeftOutError, match="no images"):
        next(galleries(GivenEvidence(scores.assign(image=""), curves, folder)))
