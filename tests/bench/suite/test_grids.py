"""A list where an option takes one value stands for a method each; a list that the option takes is its value."""

import pytest

from bench.errors import InputError
from bench.registry import MODELS
from bench.suite.cell import create
from bench.suite.suite import load_suite

TOP = "name: x\nprompts: [ring]\nrewards: [ring-waves]\nseeds: [0]\nbudget: 1s\n"
OWN = """
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from bench.registry import register_method

@register_method("grid-lists", family="search", paper="none")
@dataclass(frozen=True)
class Lists:
    rates: list[float] = ()
    ends: tuple[float, float] | None = None
    scale: Annotated[float, Field(gt=0)] | None = 1.0
    name: str = "x"

    def run(self, problem):
        yield
"""


@pytest.fixture(scope="module")
def experiment(tmp_path_factory):
    tmp_path = tmp_path_factory.mktemp("grids")
    (tmp_path / "own.py").write_text(OWN)

    def load(methods, models="[ring]"):
        (tmp_path / "suite.yaml").write_text(f"{TOP}models: {models}\nmethods: {methods}\n")
        return load_suite(str(tmp_path / "suite.yaml")).experiments[0]

    return load


def test_variants_are_the_product_and_their_labels_say_which(experiment):
    grid = "{base: , dno: {learning_rate: [0.01, 1e-1], batch_size: [1, 4], optimizer: adam}}"
    assert experiment(grid).methods == {
        "base": {},
        **{
            f"dno learning_rate={rate} batch_size={size}": {
                "use": "dno", "learning_rate": rate, "batch_size": size, "optimizer": "adam",
            }
            for rate in (0.01, 0.1)
            for size in (1, 4)
        },
    }  # fmt: skip


def test_labels_of_ones_own_and_values_that_are_no_numbers(experiment):
    assert experiment("{fast: {use: dno, optimizer: [adam, sgd], max_grad_norm: [null, 1]}}").methods.keys() == {
        "fast optimizer=adam max_grad_norm=null", "fast optimizer=adam max_grad_norm=1",
        "fast optimizer=sgd max_grad_norm=null", "fast optimizer=sgd max_grad_norm=1",
    }  # fmt: skip
    assert list(experiment("[dno]", "{ring: {steps: [10, 20]}}").models) == ["ring steps=10", "ring steps=20"]


def test_lists_that_an_option_takes_are_no_grid(experiment):
    written = "own.py@grid-lists: {rates: [1, 2], ends: [0, 1], scale: [0.5, null]}"
    assert experiment(f"{{{written}}}").methods.keys() == {"grid-lists scale=0.5", "grid-lists scale=null"}
    several = experiment("{own.py@grid-lists: {ends: [[0, 1], [0, 2]]}}").methods
    assert [one["ends"] for one in several.values()] == [[0, 1], [0, 2]]


@pytest.mark.parametrize(
    ("methods", "message"),
    [
        ("{dno: {learning_rate: []}}", r"dno: learning_rate is a list of \[\]; a grid has different values"),
        ("{dno: {learning_rate: [0.1, 0.1]}}", "a grid has different values"),
        (
            "{'dno learning_rate=0.1': {use: dno}, dno: {learning_rate: [0.1, 1]}}",
            "'dno learning_rate=0.1' stands twice",
        ),
        ("{own.py@grid-lists: {name: [a/b, c]}}", "suite.yaml: .*'grid-lists name=a/b' is no label"),
        ("{dnoo: {learning_rate: [0.1, 1]}}", "unknown method 'dnoo'; did you mean 'dno'"),
    ],
)
def test_grids_that_make_no_sense(experiment, methods, message):
    with pytest.raises(InputError, match=message):
        experiment(methods)


def test_a_list_of_mappings_is_no_grid_even_where_it_is_wrong(experiment):
    models = experiment("[base]", "{sd15: {lora: [{path: a.safetensors, scael: 1}]}}").models
    assert list(models) == ["sd15"]
    with pytest.raises(InputError, match=r"lora\.0\.scael"):
        create(MODELS, "sd15", models["sd15"])


def test_a_pair_of_numbers_is_a_size_and_a_list_of_pairs_a_grid_of_sizes(experiment):
    assert list(experiment("[base]", "{sd15: {size: [512, 768]}}").models) == ["sd15"]
    grid = experiment("[base]", "{sd15: {size: [[512, 768], [768, 512]]}}").models
    assert list(grid) == ["sd15 size=[512, 768]", "sd15 size=[768, 512]"]
