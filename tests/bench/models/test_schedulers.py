"""Schedules: DDIM against the official DNO code's coefficients, every sampler against diffusers' own steps."""

import json
from pathlib import Path

import pytest
import torch
from diffusers import DDIMScheduler, LCMScheduler

from bench.models.schedulers import ddim, lcm

GOLDEN = json.loads((Path(__file__).parents[2] / "golden" / "dno_official.json").read_text())


def scheduler() -> DDIMScheduler:
    return DDIMScheduler.from_config(GOLDEN["scheduler"])


@pytest.mark.parametrize(("steps", "eta"), [(50, 1.0), (50, 0.0), (25, 1.0)])
def test_coefficients_equal_the_official_ones(steps, eta):
    golden = GOLDEN["coefficients"][f"T={steps},eta={eta}"]
    schedule = ddim(scheduler(), steps, eta)
    zero, one = torch.zeros(1, dtype=torch.float64), torch.ones(1, dtype=torch.float64)
    for step in range(steps):
        last = steps - 1 - step  # the golden lists begin with the last step
        assert schedule.timesteps[step] == golden["timesteps"][last]
        of_x, of_noise = schedule.transition(schedule.predict(one, step, zero), step)
        of_eps, _ = schedule.transition(schedule.predict(zero, step, one), step)
        assert of_x.item() == pytest.approx(golden["coeff_x"][last], rel=1e-5)
        assert of_eps.item() == pytest.approx(golden["coeff_d"][last], rel=1e-5, abs=4e-6)  # float32 cancels
        assert of_noise == pytest.approx(golden["nl"][last], rel=1e-5, abs=1e-9)


@pytest.mark.parametrize("eta", [0.0, 1.0])
def test_a_transition_is_the_ddim_step_of_diffusers(eta):
    """Its mean is their step without noise, its std the root of their variance (eq. 16)."""
    theirs, generator = scheduler(), torch.Generator().manual_seed(0)
    theirs.set_timesteps(10)
    ours = ddim(scheduler(), 10, eta)
    latent, output, none = (torch.randn(2, 4, 8, 8, generator=generator), torch.randn(2, 4, 8, 8, generator=generator),
                            torch.zeros(2, 4, 8, 8))  # fmt: skip
    for step, t in enumerate(theirs.timesteps[:-1]):  # at the last step theirs injects a little
        mean, std = ours.transition(ours.predict(latent, step, output), step)
        expected = theirs.step(output, t, latent, eta=eta, variance_noise=none).prev_sample
        torch.testing.assert_close(mean, expected, rtol=1e-4, atol=1e-5)
        variance = theirs._get_variance(t, t - 100).item()
        assert std == pytest.approx(eta * variance**0.5, rel=1e-4)


def test_the_last_step_of_ddim_injects_nothing():
    """In diffusers it injects a little, in DNO's code nothing."""
    assert ddim(scheduler(), 25, 1.0).injected[-1] == 0
    assert (ddim(scheduler(), 25, 1.0).injected[:-1] > 0).all()


def test_a_consistency_step_equals_diffusers(monkeypatch):
    """With timesteps scaled down, so that the boundary condition is felt; by default it hardly is."""
    theirs = LCMScheduler(timestep_scaling=0.001)
    ours = lcm(LCMScheduler(timestep_scaling=0.001), 4)
    theirs.set_timesteps(4)
    latent, *noises = torch.randn(5, 2, 4, 8, 8, generator=torch.Generator().manual_seed(0))
    monkeypatch.setattr("diffusers.schedulers.scheduling_lcm.randn_tensor", lambda *_, **__: noises[step])
    for step in range(4):
        output = torch.randn(2, 4, 8, 8, generator=torch.Generator().manual_seed(step + 1))
        expected = theirs.step(output, theirs.timesteps[step], latent).prev_sample
        mean, std = ours.transition(ours.predict(latent, step, output), step)
        latent = mean + std * noises[step]
        torch.testing.assert_close(latent, expected, rtol=1e-4, atol=1e-4)
