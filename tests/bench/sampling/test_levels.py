import pytest
import torch
from diffusers import DDIMScheduler

from bench.problem import Meter, Sampler
from bench.registry import MODELS
from bench.sampling.levels import noise_share, of_mean_one, signal_growth

STEPS = 8


def sampler(schedule, steps=STEPS):
    model = MODELS.get("mixture").create({"schedule": schedule, "steps": steps}).load(torch.device("cpu"))
    return Sampler(model, None, Meter())


def test_of_ddim_they_are_what_the_papers_call_them():
    here = sampler("ddim")
    scheduler = DDIMScheduler(
        beta_start=1e-4, beta_end=0.02, clip_sample=False, set_alpha_to_one=True, timestep_spacing="linspace"
    )
    scheduler.set_timesteps(STEPS)
    abar = torch.cat([scheduler.alphas_cumprod[scheduler.timesteps], torch.ones(1)]).double()
    left = abar[:-1] / abar[1:]
    for step in range(STEPS):
        assert noise_share(here, step) == pytest.approx(float((1 - abar[step]).sqrt()), rel=1e-5)
        assert signal_growth(here, step) == pytest.approx(float(left[step].rsqrt()), rel=1e-5)
        assert of_mean_one(here, step, "increase") == pytest.approx(float(left[step] / left.mean()), rel=1e-5)
        falling = (1 - left) / (1 - left).mean()
        assert of_mean_one(here, step, "decrease") == pytest.approx(float(falling[step]), rel=1e-5)
        assert of_mean_one(here, step, "constant") == 1


@pytest.mark.parametrize("schedule", ["ddim", "euler", "flow"])
@pytest.mark.parametrize("course", ["increase", "decrease", "constant"])
def test_weights_are_one_on_average_and_go_as_they_are_called(schedule, course):
    weights = [of_mean_one(sampler(schedule), step, course) for step in range(STEPS)]
    assert sum(weights) / STEPS == pytest.approx(1)
    assert weights == sorted(weights, reverse=course == "decrease")


def test_without_signal_nothing_grows():
    here = sampler("flow")
    assert (here.alphas[0], signal_growth(here, 0), noise_share(here, 0)) == (0, 0, 1)
    assert signal_growth(here, 1) == pytest.approx(here.alphas[2] / here.alphas[1])


def test_the_only_step_of_a_flow_weighs_one():
    one = sampler("flow", steps=1)
    assert [of_mean_one(one, 0, course) for course in ("increase", "decrease", "constant")] == [1, 1, 1]
