"""What d-flow and psi-sampler find on latent models, whose networks are small and random."""

from itertools import islice

import pytest
import torch

from bench.models.flow import FluxSchnell
from bench.models.stable_diffusion import StableDiffusion15
from bench.registry import METHODS
from tests.support.problems import make_problem
from tests.support.standins.pipelines import write_pipeline

CPU = torch.device("cpu")
CHAINS = {"particles": 4, "chains": 2, "burn_in": 1, "thinning": 1, "temperature": 0.01}


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    folders = {name: str(write_pipeline(name, tmp_path_factory.mktemp(name))) for name in ("sd15", "flux-schnell")}
    sd15 = StableDiffusion15(steps=3, guidance=4.0, weights=folders["sd15"], size=16)
    flux = FluxSchnell(steps=3, eta=1.0, weights=folders["flux-schnell"], size=16)
    return {"sd15": sd15.load(CPU), "flux-schnell": flux.load(CPU)}


def problem(model):
    return make_problem(model, "darkness", "white duck")


@pytest.mark.parametrize("name", ["sd15", "flux-schnell"])
def test_d_flow_climbs(name, models):
    here = problem(models[name])
    offers = list(islice(METHODS.get("d-flow").create({}).run(here), 6))
    rewards = [float(one.rewards) for one in offers]
    assert max(rewards) > rewards[0]
    torch.testing.assert_close(here.with_sampling(eta=0).generate(offers[-1].noise), offers[-1].samples.detach())


@pytest.mark.parametrize("name", ["sd15", "flux-schnell"])
def test_psi_samplers_noise_makes_its_samples(name, models):
    here = problem(models[name])
    offered = next(one for one in METHODS.get("psi-sampler").create(CHAINS).run(here) if one is not None)
    assert torch.isfinite(offered.rewards).all()
    with torch.no_grad():
        torch.testing.assert_close(here.generate(offered.noise), offered.samples.detach(), rtol=1e-4, atol=1e-4)
