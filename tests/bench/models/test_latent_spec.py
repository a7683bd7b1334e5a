"""Options that all latent models share, each held to the call of the model's own diffusers pipeline."""

import pytest
import torch
from diffusers import DDIMScheduler, EulerAncestralDiscreteScheduler, EulerDiscreteScheduler

from bench.errors import InputError
from bench.registry import MODELS
from tests.support.standins.parity import assert_same_image, open_pipeline, our_image, their_image
from tests.support.standins.pipelines import make_sd, make_sdxl

EULER, ANCESTRAL, DDIM = EulerDiscreteScheduler, EulerAncestralDiscreteScheduler, DDIMScheduler
GUIDED = ["sd15", "sdxl", "sd3-medium"]
EVEN = {
    "sd15": lambda: make_sd(timestep_spacing="linspace"),
    "sd21": lambda: make_sd("v_prediction", timestep_spacing="linspace"),
    "sdxl": lambda: make_sdxl(timestep_spacing="linspace"),
}
"""Pipelines whose DDIM and Euler steps differ: Euler's timesteps lie between whole numbers."""


@pytest.mark.parametrize(
    ("name", "scheduler", "kind", "eta"),
    [
        ("sd15", "euler", EULER, 0.0),
        ("sd15", "euler-ancestral", ANCESTRAL, 1.0),
        ("sd21", "EulerDiscreteScheduler", EULER, 0.0),
        ("sdxl", "EulerAncestralDiscreteScheduler", ANCESTRAL, 1.0),
    ],
)
def test_an_euler_scheduler_by_its_name_is_that_of_diffusers(name, scheduler, kind, eta, load, inject, tmp_path):
    """Made of the configuration of the one that the folder has, which is DDIM's."""
    torch.manual_seed(0)
    theirs = EVEN[name]()
    theirs.save_pretrained(tmp_path)
    noise, found = our_image(load(name, weights=str(tmp_path), steps=5, guidance=5.0, scheduler=scheduler, eta=eta))
    inject(noise)
    theirs.scheduler = kind.from_config(theirs.scheduler.config)
    assert_same_image(found, their_image(theirs, noise[:, 0], num_inference_steps=5, guidance_scale=5.0))


@pytest.mark.parametrize(("name", "scheduler", "eta"), [("sd15", "DDIMScheduler", 0.5), ("sd-turbo", "ddim", 1.0)])
def test_ddim_by_its_name_is_that_of_diffusers(name, scheduler, eta, load, pipelines, inject):
    ours = load(name, steps=5, scheduler=scheduler, eta=eta)
    noise, found = our_image(ours)
    inject(noise)
    theirs = open_pipeline(pipelines(name))
    theirs.scheduler = DDIM.from_config(theirs.scheduler.config, clip_sample=False)
    call = {"num_inference_steps": 5, "guidance_scale": ours.options.get("guidance", 1.0), "eta": eta}
    assert_same_image(found, their_image(theirs, noise[:, 0], **call))


def test_what_only_one_kind_of_scheduler_knows_is_left_to_it(load, pipelines, tmp_path):
    """Euler takes the Karras spacing of a configuration, Euler-ancestral has none."""
    theirs = open_pipeline(pipelines("sd15"))
    theirs.scheduler = EULER.from_config(theirs.scheduler.config, use_karras_sigmas=True)
    theirs.save_pretrained(tmp_path)
    noise, found = our_image(load("sd15", weights=str(tmp_path), steps=4, scheduler="euler", eta=0.0))
    call = {"num_inference_steps": 4, "guidance_scale": 5.0}
    assert_same_image(found, their_image(theirs, noise[:, 0], **call))
    ancestral = load("sd15", weights=str(tmp_path), steps=4, scheduler="euler-ancestral", eta=1.0).schedule
    theirs.scheduler = ANCESTRAL.from_config(theirs.scheduler.config)
    theirs.scheduler.set_timesteps(4)
    torch.testing.assert_close(ancestral.sigma / ancestral.alpha, theirs.scheduler.sigmas.double())


def test_a_scheduler_is_kept_under_other_sampling_options(load):
    fewer = load("sd15", steps=5, scheduler="euler", eta=0.0).with_sampling(steps=3).schedule
    direct = load("sd15", steps=3, scheduler="euler", eta=0.0).schedule
    torch.testing.assert_close(fewer.sigma, direct.sigma)
    assert fewer.timesteps.dtype == direct.timesteps.dtype == torch.float32  # DDIM's are whole numbers


@pytest.mark.parametrize(
    ("name", "options", "call"),
    [
        ("sd15", {"eta": 0.0}, {"guidance_scale": 5.0}),
        ("sdxl", {"eta": 0.0}, {"guidance_scale": 5.0}),
        ("sdxl-turbo", {"eta": 0.0, "scheduler": "euler"}, {"guidance_scale": 0.0}),
        ("lcm", {}, {"guidance_scale": 8.5}),
        ("sd3-medium", {}, {"guidance_scale": 7.0}),
    ],
)
def test_images_may_be_of_any_shape(name, options, call, load, pipelines, inject):
    noise, found = our_image(load(name, steps=2, size=[32, 16], **options))
    assert found.shape == (1, 3, 32, 16)
    inject(noise)
    theirs = open_pipeline(pipelines(name))
    if "scheduler" in options:
        theirs.scheduler = EULER.from_config(theirs.scheduler.config)
    shape = {"height": 32, "width": 16}
    assert_same_image(found, their_image(theirs, noise[:, 0], num_inference_steps=2, **shape, **call))


def test_images_of_flux_may_be_of_any_shape(load, pipelines):
    noise, found = our_image(load("flux-schnell", steps=2, size=[16, 32]))
    theirs = open_pipeline(pipelines("flux-schnell"))
    packed = theirs._pack_latents(noise[:, 0], 1, 4, 8, 16)
    call = {"guidance_scale": 0.0, "max_sequence_length": 256, "height": 16, "width": 32, "num_inference_steps": 2}
    expected = their_image(theirs, packed, **call)
    torch.testing.assert_close(found.clamp(0, 1), expected, rtol=0, atol=1e-4)


def test_a_number_is_the_side_of_a_square(load):
    noise, found = our_image(load("sd15", steps=1, size=32))
    square, same = our_image(load("sd15", steps=1, size=[32, 32]))
    assert torch.equal(noise, square)
    assert torch.equal(found, same)


@pytest.mark.parametrize("name", GUIDED)
def test_a_negative_prompt_is_what_guidance_leads_away_from(name, load, pipelines):
    options = {"steps": 3, "guidance": 5.0, "eta": 0.0}
    noise, found = our_image(load(name, **options, negative_prompt="a red crab"))
    call = {"num_inference_steps": 3, "guidance_scale": 5.0, "negative_prompt": "a red crab"}
    assert_same_image(found, their_image(open_pipeline(pipelines(name)), noise[:, 0], **call))
    _, plain = our_image(load(name, **options))
    assert (found - plain).abs().max() > 1e-3


def test_to_sdxl_an_empty_negative_prompt_is_not_none(load, pipelines):
    """Its pipeline puts zeros in the place of none."""
    noise, found = our_image(load("sdxl", steps=3, eta=0.0, negative_prompt=""))
    call = {"num_inference_steps": 3, "guidance_scale": 5.0}
    theirs = open_pipeline(pipelines("sdxl"))
    assert_same_image(found, their_image(theirs, noise[:, 0], **call, negative_prompt=""))
    assert (found.clamp(0, 1) - their_image(theirs, noise[:, 0], **call)).abs().max() > 1e-3


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("sd-turbo", {"negative_prompt": "ugly"}, "unknown option of model 'sd-turbo': 'negative_prompt'"),
        ("lcm", {"negative_prompt": "ugly"}, "unknown option of model 'lcm': 'negative_prompt'"),
        ("flux-schnell", {"negative_prompt": "ugly"}, "unknown option of model 'flux-schnell': 'negative_prompt'"),
        (
            "sd15",
            {"scheduler": "PNDMScheduler"},
            r"scheduler 'PNDMScheduler' is none whose steps this model can follow: ddim \(DDIMScheduler\), "
            r"euler \(EulerDiscreteScheduler\), euler-ancestral \(EulerAncestralDiscreteScheduler\)",
        ),
        ("lcm", {"scheduler": "ddim"}, r"can follow: lcm \(LCMScheduler\)"),
        ("sd3-medium", {"scheduler": "euler"}, r"can follow: flow-match-euler \(FlowMatchEulerDiscreteScheduler\)"),
        ("sd15", {"scheduler": "euler"}, r"'euler' injects noise of eta 0: write `eta: 0` too \(got 1\)"),
        ("sd-turbo", {"scheduler": "euler-ancestral"}, r"injects noise of eta 1: write `eta: 1` too \(got 0\)"),
        ("sd15", {"size": [512, 500]}, r"size must be a multiple of 16 in 16\.\.4096, got 500"),
        ("sd15", {"size": [0, 512]}, r"size must be a multiple of 16 in 16\.\.4096, got 0"),
        ("sd15", {"size": [512]}, "size"),
    ],
)
def test_what_a_family_cannot_do_is_refused(name, options, message):
    with pytest.raises(InputError, match=message) as refused:
        MODELS.get(name).create(options)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("scheduler", ["lcm", "LCMScheduler"])
def test_the_only_scheduler_of_a_family_may_be_named(scheduler):
    assert MODELS.get("lcm").create({"scheduler": scheduler}).follows == "lcm"
