"""The DDIM step against the official DNO code's coefficients and against diffusers' own step."""

import json
from pathlib import Path

import pytest
import torch
from diffusers import DDIMScheduler

from bench.sampling.ddim import DDIMSchedule

GOLDEN = json.loads((Path(__file__).parents[2] / "golden" / "dno_official.json").read_text())


def scheduler() -> DDIMScheduler:
    return DDIMScheduler.from_config(GOLDEN["scheduler"])


@pytest.mark.parametrize(("steps", "eta"), [(50, 1.0), (50, 0.0), (25, 1.0)])
def test_coefficients_equal_the_official_ones(steps, eta):
    golden = GOLDEN["coefficients"][f"T={steps},eta={eta}"]
    schedule = DDIMSchedule.from_scheduler(scheduler(), steps, eta)
    zero, one = torch.zeros(1, dtype=torch.float64), torch.ones(1, dtype=torch.float64)
    for step in range(steps):
        last = steps - 1 - step  # the golden lists begin with the last step
        assert schedule.timesteps[step] == golden["timesteps"][last]
        of_x = schedule.step(schedule.predict_x0(one, step, zero), step, zero, zero)
        of_eps = schedule.step(schedule.predict_x0(zero, step, one), step, one, zero)
        of_noise = schedule.step(zero, step, zero, one)
        assert of_x.item() == pytest.approx(golden["coeff_x"][last], rel=1e-5)
        assert of_eps.item() == pytest.approx(golden["coeff_d"][last], rel=1e-5, abs=4e-6)  # float32 cancels
        assert of_noise.item() == pytest.approx(golden["nl"][last], rel=1e-5, abs=1e-9)


@pytest.mark.parametrize("eta", [0.0, 1.0])
def test_a_step_equals_diffusers(eta):
    theirs = scheduler()
    ours = DDIMSchedule.from_scheduler(theirs, 25, eta)
    latent, eps, noise = torch.randn(3, 2, 4, 8, 8, generator=torch.Generator().manual_seed(0))
    for step in range(24):  # the last one injects noise in diffusers and none here
        expected = theirs.step(eps, theirs.timesteps[step], latent, eta=eta, variance_noise=noise).prev_sample
        found = ours.step(ours.predict_x0(latent, step, eps), step, eps, noise)
        torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)
