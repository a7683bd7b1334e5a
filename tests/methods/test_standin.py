"""Every method runs on what stands in for Stable Diffusion v1.5: its classes and files, guidance, a decoder."""

import pytest
import torch

from bench.models.stable_diffusion import StableDiffusion15
from bench.registry import METHODS, ChecksModel
from bench.testing.pulling import pulled
from tests.support.problems import make_problem
from tests.support.shipped import SHIPPED_METHODS
from tests.support.standins.pipelines import write_pipeline

OPTIONS = {
    # Fewer tries than by default, which would take seconds; and what four steps allow.
    "code": {"children": 3, "block": 2},
    "demon": {"candidates": 3},
    "dno-regularized": {"permutations": 2},
    "doodl": {"steps": 4},
    "dsearch": {"candidates": 8},
    "epsilon-greedy": {"rounds": 2},
    "rbf": {"predictions": 12, "starts": 3},
    "svdd": {"children": 3},
}


@pytest.fixture(scope="module")
def spec(tmp_path_factory):
    folder = write_pipeline("sd15", tmp_path_factory.mktemp("sd15"))
    return StableDiffusion15(steps=4, guidance=4.0, weights=str(folder), size=16)


@pytest.fixture(scope="module")
def model(spec):
    return spec.load(torch.device("cpu"))


def first_offers(method, problem):
    """Of a method that looks up within a trajectory the first; else two, as the first may be what it begins with."""
    made, looked_up = [], False
    for offered in pulled(method.run(problem), 2):
        looked_up |= offered is None
        made += [offered] if offered is not None else []
        if made and looked_up:
            break
    return made


@pytest.mark.parametrize("name", SHIPPED_METHODS)
def test_a_trajectory_ends_in_finite_rewards_and_its_noise_makes_the_sample(name, spec, model):
    entry, problem = METHODS.get(name), make_problem(model, "darkness", "white duck")
    method = entry.create(OPTIONS.get(name, {}))
    if isinstance(method, ChecksModel):
        method.check_model(spec)
    offers = first_offers(method, problem)
    assert offers
    for one in offers:
        assert one.samples.shape[1:] == (3, 16, 16)
        assert bool(torch.isfinite(one.rewards).all())
        torch.testing.assert_close(problem.reward(one.samples), one.rewards)
        if one.noise is not None and not entry.facts.own_sampling:
            torch.testing.assert_close(problem.generate(one.noise), one.samples, rtol=1e-4, atol=1e-4)
