"""Each guided method for one short trajectory on networks: what it offers is finite, and made by the noise it names."""

import pytest
import torch

from bench.models.emoji import Emoji
from bench.registry import METHODS, MODELS
from bench.testing.pulling import offers_of
from tests.support.problems import make_problem
from tests.support.standins.pipelines import write_pipeline

CPU = torch.device("cpu")
SHORT = {
    "tfg": {"samples": 2, "recurrences": 2},
    "lgd": {"samples": 2},
    "dps": {},
    "universal-guidance": {"recurrences": 2, "backward_steps": 1},
    "freedom": {},
    "mpgd": {},
}
MODELS_USED = {  # with what each is asked for; a network that is distilled has no guidance to measure by
    "emoji": {"steps": 4},
    "sd15": {"steps": 4, "guidance": 4.0},
    "sdxl-turbo": {"steps": 4},
    "flux-schnell": {"steps": 4},
}
NOISE = {"relative_to": "noise", "scale": 0.2}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """From a model's name to what stands in for it, loaded once."""
    found = {"emoji": Emoji(**MODELS_USED["emoji"]).load(CPU)}
    for name, options in list(MODELS_USED.items())[1:]:
        folder = write_pipeline(name, tmp_path_factory.mktemp(name))
        own_vae = {"vae": None} if name.startswith("sdxl") else {}
        found[name] = MODELS.get(name).create({"weights": str(folder), "size": 16, **own_vae, **options}).load(CPU)
    return found


def offered(model, name, options):
    problem = make_problem(model, "darkness", "white duck")
    relative = NOISE if name in {"freedom", "mpgd"} and model.evals_per_prediction == 1 else {}
    (found,) = offers_of(METHODS.get(name).create({**SHORT[name], **relative, **options}).run(problem), 1)
    return problem, found


@pytest.mark.parametrize("model", MODELS_USED)
@pytest.mark.parametrize("name", SHORT)
def test_the_noise_makes_the_sample(name, model, loaded):
    problem, found = offered(loaded[model], name, {"batch_size": 2})
    assert bool(found.samples.isfinite().all())
    with torch.no_grad():
        torch.testing.assert_close(problem.reward(found.samples), found.rewards)
        plain = problem.generate(make_problem(loaded[model], "darkness", "white duck").draw_noise(2))
        assert not torch.allclose(found.samples, plain)
        if model == "flux-schnell":  # the flow's ODE
            assert found.noise is None
        else:
            torch.testing.assert_close(problem.generate(found.noise), found.samples, rtol=1e-3, atol=1e-3)


def test_a_flow_with_noise_names_it(loaded):
    model = loaded["flux-schnell"].with_sampling(eta=1.0)
    problem, found = offered(model, "tfg", {})
    with torch.no_grad():
        torch.testing.assert_close(problem.generate(found.noise), found.samples, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("name", ["tfg", "lgd", "dps", "universal-guidance"])
def test_the_only_step_of_a_one_step_model_is_guided(name, loaded):
    """It injects no noise: what it makes is no noise's."""
    model = loaded["sdxl-turbo"].with_sampling(steps=1)
    problem, found = offered(model, name, {})
    assert found.noise is None
    with torch.no_grad():
        plain = problem.generate(make_problem(model, "darkness", "white duck").draw_noise(1))
    assert not torch.equal(found.samples, plain)


@pytest.mark.parametrize("name", ["freedom", "mpgd"])
def test_a_model_whose_guidance_cannot_be_told_is_refused(name, loaded):
    problem = make_problem(loaded["flux-schnell"], "darkness", "white duck")
    with pytest.raises(ValueError, match="classifier-free guidance"):
        offers_of(METHODS.get(name).create({}).run(problem), 1)
