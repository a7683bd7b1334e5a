"""An option that is a number of samples, or what the device makes fastest."""

import pytest
from pydantic import TypeAdapter, ValidationError

from bench.problem import seeded_problem
from bench.registry import METHODS
from bench.sampling.batches import BatchSize, resolved
from bench.testing.gaussian import GaussianModel, mean_reward


def problem_of(best_batch):
    return seeded_problem(GaussianModel(), mean_reward, "toy", 0, model_name="gaussian", best_batch=lambda: best_batch)


@pytest.mark.parametrize(
    ("asked", "n", "expected"), [(3, 1, 3), (3, 8, 3), ("auto", 1, 8), ("auto", 3, 2), ("auto", 9, 1)]
)
def test_auto_is_what_fills_the_best_batch(asked, n, expected):
    assert resolved(asked, problem_of(8), n) == expected


@pytest.mark.parametrize("value", [0, -1, "many", "3", 2.5, True, None, [2]])
def test_what_is_neither_is_refused(value):
    with pytest.raises(ValidationError, match="must be a whole number of at least 1, or auto"):
        TypeAdapter(BatchSize).validate_python(value)


@pytest.mark.parametrize(
    ("options", "q"), [({}, 8), ({"batch_size": 2}, 4), ({"restarts": 3}, 8), ({"restarts": 3, "batch_size": 2}, 4)]
)
def test_perturbations_fill_the_best_batch(options, q):
    problem = problem_of(8)
    method = METHODS.get("dno-zo").create({"perturbations": "auto", **options})
    noise = problem.draw_noise(method.batch_size * method.restarts)
    assert len(method.directions(problem, noise)) == q
