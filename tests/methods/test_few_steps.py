"""Methods that move the noise, on models of one or few steps: small random weights of the real classes."""

from types import SimpleNamespace

import pytest
import torch

from bench.registry import METHODS, MODELS
from bench.testing import offers_of
from tests.support.problems import make_problem
from tests.support.standins.pipelines import write_pipeline

METHOD_OPTIONS = {
    "dno": {},
    "dno-regularized": {"permutations": 2},
    "dno-norm": {},
    "dno-zo": {"perturbations": 2},
    "reno": {},
    "origen": {},
}
MODEL_OPTIONS = {
    "sd15, 2 steps": {"steps": 2},
    "sd-turbo": {},
    "sdxl-turbo": {"vae": None},
    "sdxl-turbo, 2 steps": {"steps": 2, "vae": None},
    "flux-schnell, 1 step": {"steps": 1},
    "flux-schnell": {},
    "lcm": {},
}
INJECTS = {"sd15, 2 steps": 1, "sdxl-turbo, 2 steps": 1, "lcm": 3}
"""How many steps inject noise; the rest of the models begin with all the noise there is."""


@pytest.fixture(scope="module", params=MODEL_OPTIONS)
def model(request, tmp_path_factory):
    """A stand-in with its label."""
    name = request.param.split(",")[0]
    weights = str(write_pipeline(name, tmp_path_factory.mktemp("pipeline") / name))
    options = {"weights": weights, "size": 16, **MODEL_OPTIONS[request.param]}
    return SimpleNamespace(label=request.param, loaded=MODELS.get(name).create(options).load(torch.device("cpu")))


@pytest.mark.parametrize("name", METHOD_OPTIONS)
def test_noise_moves_where_it_counts_and_makes_the_sample(name, model):
    problem = make_problem(model.loaded, "brightness", "a white duck")
    first, *_, last = offers_of(METHODS.get(name).create(METHOD_OPTIONS[name]).run(problem), 3)
    assert torch.isfinite(last.rewards).all()
    assert not torch.equal(first.samples, last.samples)
    torch.testing.assert_close(problem.generate(last.noise), last.samples, rtol=1e-4, atol=1e-5)
    moved = (first.noise != last.noise).flatten(2).any(2)[0].tolist()
    latent_alone = name in {"reno", "origen"} or model.label not in INJECTS
    assert moved == [True] + [not latent_alone] * (len(moved) - 1)


def test_noise_counts_where_it_is_injected(model):
    """By the gradient of a sample: what the methods above may move."""
    problem = make_problem(model.loaded, "brightness", "a white duck")
    noise = problem.draw_noise(1).requires_grad_()
    problem.generate(noise).square().sum().backward()
    counts = noise.grad.flatten(2).any(2)[0].tolist()
    injecting = INJECTS.get(model.label, 0)
    assert counts == [True] * (1 + injecting) + [False] * (len(counts) - 1 - injecting)
