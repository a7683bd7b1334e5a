"""Weighted sums: what they add up, what follows from their parts, what is refused."""

import pytest
import torch

from bench.errors import InputError
from bench.registry import REWARDS
from bench.scoring.parts import black_boxes, leaves
from rewards.image_reward import ImageReward
from tests.support.plugins import HERE

IMAGES = torch.rand(3, 3, 16, 16, generator=torch.Generator().manual_seed(0))
CAPTIONS = ["cat", "duck", "owl"]


def make(of):
    return REWARDS.get("sum").create({"of": of})


def score(name):
    return REWARDS.get(name).create({})(IMAGES, CAPTIONS)


def test_parts_are_weighted_and_added():
    reward = make({"brightness": 0.5, "contrast": {"weight": -2}, "jpeg-compressibility": 1e-3})
    expected = 0.5 * score("brightness") - 2 * score("contrast") + 1e-3 * score("jpeg-compressibility")
    torch.testing.assert_close(reward(IMAGES, CAPTIONS), expected)


def test_the_gradient_is_the_weighted_sum_of_gradients():
    images = IMAGES.clone().requires_grad_()
    make({"brightness": 0.5, "darkness": 3})(images, CAPTIONS).sum().backward()
    torch.testing.assert_close(images.grad, torch.full_like(IMAGES, (0.5 - 3) * 2 / IMAGES[0].numel()))


def test_one_black_box_makes_all_of_it_one():
    """Else a method would climb the differentiable parts alone."""
    nested = {"brightness": 1, "sum": {"weight": 2, "of": {"contrast": 1, "jpeg-compressibility": 1}}}
    assert [name for name, _ in leaves("sum", make(nested))] == ["brightness", "contrast", "jpeg-compressibility"]
    assert black_boxes("sum", make(nested)) == ["jpeg-compressibility"]
    assert not make(nested)(IMAGES.clone().requires_grad_(), CAPTIONS).requires_grad
    assert black_boxes("sum", make({"brightness": 1})) == []
    assert black_boxes("brightness", REWARDS.get("brightness").create({})) == []


def test_a_part_takes_its_options_and_may_stand_in_another_file():
    reward = make({"imagereward": {"weight": 1, "weights": "some/where"}, f"{HERE}@mean": 2})
    assert reward.parts["imagereward"] == ImageReward(weights="some/where")
    assert leaves_of(reward) == ["imagereward", f"{HERE}@mean"]


def leaves_of(reward):
    return [name for name, _ in leaves("sum", reward)]


def test_sources_are_those_of_the_parts_each_once():
    reward = make({"imagereward": 1, "sum": {"weight": 1, "of": {"imagereward": 2, "brightness": 1}}})
    assert reward.sources() == ImageReward().sources()


@pytest.mark.parametrize(
    ("of", "why"),
    [
        ({}, "'sum': needs at least one part"),
        ({"brightnes": 1}, "unknown reward 'brightnes'; did you mean 'brightness'"),
        ({"brightness": float("nan")}, "weight of 'brightness' must be a finite number.*nan"),
        ({"brightness": float("inf")}, "weight of 'brightness' must be a finite number.*inf"),
        ({"brightness": {"weight": 10**400}}, "weight of 'brightness' must be a finite number"),
        ({"brightness": {}}, "weight of 'brightness' must be a finite number.*None"),
        ({"brightness": {"weight": "1"}}, "weight of 'brightness' must be a finite number.*'1'"),
        ({"imagereward": {"weight": 1, "weigths": "x"}}, "'imagereward': 'weigths'; did you mean 'weights'"),
        ({"brightness": "much"}, r"'sum': of\.brightness.*valid number.*'much'"),
    ],
)
def test_bad_parts_say_what_is_wrong(of, why):
    with pytest.raises(InputError, match=why):
        make(of)
