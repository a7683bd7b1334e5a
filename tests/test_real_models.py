"""The examples of docs/real-models.md."""

import re
from pathlib import Path

import yaml

from bench.registry import MODELS
from bench.suite.cell import create
from tests.support.standins.pipelines import make_sd

DOCS = (Path(__file__).parents[1] / "docs" / "real-models.md").read_text()


def block(language):
    return re.search(rf"```{language}\n(.*?)```", DOCS, flags=re.DOTALL)[1]


def test_the_options_of_ones_own_model_are_taken():
    models = yaml.safe_load(block("yaml"))["models"]
    assert len(models) > 5
    for label, options in models.items():
        create(MODELS, label, options)


def test_a_pipeline_object_is_what_a_problem_takes():
    names = {"pipe": make_sd()}
    try:
        exec(block("python").replace('"cuda"', '"cpu"'), names)
        problem = names["problem"]
        assert problem.noise_shape == (21, 4, 8, 8)
        assert problem.generate(problem.draw_noise(1)).shape == (1, 3, 16, 16)
    finally:
        MODELS.forget("bench.models.given:mine")
