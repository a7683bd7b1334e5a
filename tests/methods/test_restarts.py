"""Restarts climb side by side, each as if it were alone: n at once are n one by one."""

from itertools import islice

import pytest
import torch

from bench.models.emoji import Emoji
from bench.models.ring import Ring
from bench.models.stable_diffusion import StableDiffusion15
from bench.registry import METHODS
from tests.support.problems import make_problem
from tests.support.standins.pipelines import write_pipeline

CPU = torch.device("cpu")
RESTARTS, UPDATES = 3, 2
GRADIENT = {
    "dno": {},
    "dno-regularized": {"permutations": 5, "gamma": 0.1},
    "dno-norm": {"gamma": 0.1},
}
GRADIENT_FREE = {
    "dno-zo": {"perturbations": 2},
    "dno-hybrid-1": {"perturbations": 2},
    "dno-hybrid-2": {"perturbations": 2},
}


@pytest.fixture(scope="module")
def problem_of(tmp_path_factory):
    """From a model's name to a maker of problems that begin with the noise at an index."""
    folder = write_pipeline("sd15", tmp_path_factory.mktemp("sd15"))
    standin = StableDiffusion15(steps=3, guidance=4.0, weights=str(folder), size=16)
    known = {
        "ring": (Ring(steps=8), "ring-waves"),
        "emoji": (Emoji(steps=3), "darkness"),
        "stand-in": (standin, "darkness"),
    }
    loaded = {name: (model.load(CPU), reward) for name, (model, reward) in known.items()}

    def make(model, begins_at=0):
        problem = make_problem(*loaded[model], "white duck")
        if begins_at:
            problem.draw_noise(begins_at)
        return problem

    return make


def climb(name, options, problem):
    # A clip that binds: unclipped gradients would not notice whose norm is taken.
    method = METHODS.get(name).create({"max_grad_norm": 1e-3, **options})
    offers = islice(method.run(problem), UPDATES + 1)
    return [(one.noise.clone(), one.samples.clone(), one.rewards.clone()) for one in offers]


def require_as_alone(name, options, model, problem_of, atol=1e-5):
    together = climb(name, {**options, "restarts": RESTARTS}, problem_of(model))
    assert len(together[0][0]) == RESTARTS
    assert not torch.equal(together[0][0], together[-1][0])
    for index in range(RESTARTS):
        for at_once, alone in zip(together, climb(name, options, problem_of(model, index)), strict=True):
            for one, other in zip(at_once, alone, strict=True):
                torch.testing.assert_close(one[index], other[0], rtol=1e-5, atol=atol)


@pytest.mark.parametrize("model", ["ring", "emoji", "stand-in"])
@pytest.mark.parametrize("optimizer", ["adamw", "adam", "sgd"])
@pytest.mark.parametrize("name", GRADIENT)
def test_each_restart_climbs_as_if_it_were_alone(name, optimizer, model, problem_of):
    options = {"optimizer": optimizer, "learning_rate": 10.0 if optimizer == "sgd" else 0.01}
    # Where a gradient is near Adam's eps, 1e-8, its step magnifies the rounding by rate / eps, a million.
    atol = 1e-5 if optimizer == "sgd" or model != "emoji" else 1e-4
    require_as_alone(name, GRADIENT[name] | options, model, problem_of, atol)


@pytest.mark.parametrize("model", ["ring", "emoji", "stand-in"])
@pytest.mark.parametrize("name", GRADIENT_FREE)
def test_each_restart_of_an_estimator_climbs_as_if_it_were_alone(name, model, problem_of):
    """By SGD: a difference of two rewards has few digits, and Adam's step has the size of the rate for any gradient."""
    require_as_alone(name, GRADIENT_FREE[name] | {"optimizer": "sgd", "learning_rate": 10.0}, model, problem_of)


@pytest.mark.parametrize("model", ["ring", "emoji", "stand-in"])
def test_each_restart_of_reno_climbs_as_if_it_were_alone(model, problem_of):
    require_as_alone("reno", {}, model, problem_of)


@pytest.mark.parametrize("name", GRADIENT_FREE)
def test_how_many_perturbations_auto_is_hangs_on_no_other_restart(name, problem_of):
    options = {"perturbations": "auto", "optimizer": "sgd", "learning_rate": 10.0}
    require_as_alone(name, options, "ring", problem_of)


@pytest.mark.parametrize("name", ["dno", "dno-zo"])
def test_without_a_clip_a_restart_climbs_its_own_objective_not_a_share_of_the_mean(name, problem_of):
    options = {"optimizer": "sgd", "learning_rate": 0.01, "max_grad_norm": None}
    require_as_alone(name, options, "ring", problem_of)


def test_each_restart_climbs_as_if_it_were_alone_on_the_deterministic_sampler(problem_of):
    """Not on the trained models, which magnify a rounding of the only noise there is by a hundred."""
    require_as_alone("dno-ode", {"learning_rate": 0.01}, "stand-in", problem_of)


def test_a_restart_may_be_a_batch(problem_of):
    """Two batches of two, each with an objective and a clip of its own, against the second batch by itself."""
    options = {"optimizer": "sgd", "learning_rate": 10.0, "batch_size": 2}
    together = climb("dno", {**options, "restarts": 2}, problem_of("ring"))
    alone = climb("dno", options, problem_of("ring", 2))
    torch.testing.assert_close(together[-1][0][2:], alone[-1][0], rtol=1e-5, atol=1e-5)


def test_batches_of_hybrid_2_are_normalised_apart(problem_of):
    options = {"optimizer": "sgd", "learning_rate": 10.0, "batch_size": 2, "normalize_over": "batch"}
    together = climb("dno-hybrid-2", {**options, "restarts": 2}, problem_of("ring"))
    alone = climb("dno-hybrid-2", options, problem_of("ring", 2))
    torch.testing.assert_close(together[-1][0][2:], alone[-1][0], rtol=1e-5, atol=1e-5)


def test_a_batch_shares_its_clip(problem_of):
    """As the official code has it: what one sample does depends on the others."""
    options = {"optimizer": "sgd", "learning_rate": 10.0}
    together = climb("dno", {**options, "batch_size": 2}, problem_of("ring"))
    alone = climb("dno", options, problem_of("ring"))
    assert not torch.allclose(together[-1][0][0], alone[-1][0][0], rtol=1e-5, atol=1e-5)
