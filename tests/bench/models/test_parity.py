"""Every family against the call of its own diffusers pipeline, from the same initial latent and injected noise."""

import pytest
import torch

from bench.registry import MODELS
from tests.support.problems import make_problem
from tests.support.standins.parity import PROMPT, assert_same_image, open_pipeline, our_image, their_image
from tests.support.standins.pipelines import make_sd, make_sdxl


@pytest.mark.parametrize(
    ("name", "options", "call"),
    [
        ("sd15", {"steps": 6, "eta": 0.0, "guidance": 5.0}, {"guidance_scale": 5.0, "eta": 0.0}),
        ("sd15", {"steps": 6, "eta": 1.0, "guidance": 5.0}, {"guidance_scale": 5.0, "eta": 1.0}),
        ("sd15", {"steps": 6, "eta": 1.0, "guidance": 1.0}, {"guidance_scale": 1.0, "eta": 1.0}),
        ("sd21", {"steps": 6, "eta": 0.0, "guidance": 7.5}, {"guidance_scale": 7.5, "eta": 0.0}),
        ("sd21", {"steps": 6, "eta": 1.0, "guidance": 7.5}, {"guidance_scale": 7.5, "eta": 1.0}),
        ("sdxl", {"steps": 6, "eta": 0.0, "guidance": 5.0}, {"guidance_scale": 5.0, "eta": 0.0}),
        ("sdxl", {"steps": 6, "eta": 1.0, "guidance": 5.0}, {"guidance_scale": 5.0, "eta": 1.0}),
        ("sd-turbo", {"steps": 1}, {"guidance_scale": 0.0}),
        ("sd-turbo", {"steps": 4}, {"guidance_scale": 0.0}),
        ("sdxl-turbo", {"steps": 1}, {"guidance_scale": 0.0}),
        ("sdxl-turbo", {"steps": 4, "eta": 1.0}, {"guidance_scale": 0.0}),
        ("lcm", {"steps": 1}, {"guidance_scale": 8.5}),
        ("lcm", {"steps": 4}, {"guidance_scale": 8.5}),
        ("sd3-medium", {"steps": 6}, {"guidance_scale": 7.0}),
        ("sd3-medium", {"steps": 6, "guidance": 1.0}, {"guidance_scale": 1.0}),
    ],
)
def test_the_image_is_the_pipelines(name, options, call, load, pipelines, inject):
    ours = load(name, **options)
    noise, found = our_image(ours)
    inject(noise)
    pipeline = open_pipeline(pipelines(name))
    assert_same_image(found, their_image(pipeline, noise[:, 0], num_inference_steps=ours.steps, **call))


@pytest.mark.parametrize(
    ("name", "make"),
    [
        # Some autoencoders of SDXL's kind name the mean and the spread of each channel.
        ("sdxl", lambda: make_sdxl(vae={"latents_mean": [0.5, -1, 2, 0], "latents_std": [4, 2, 1, 3]})),
        # No signal in the initial latent: what v says there is the clean latent itself.
        ("sd21", lambda: make_sd("v_prediction", timestep_spacing="trailing", rescale_betas_zero_snr=True)),
    ],
)
def test_the_image_is_the_pipelines_of_a_folder_of_ones_own(name, make, tmp_path, load, inject):
    torch.manual_seed(0)
    make().save_pretrained(tmp_path)
    noise, found = our_image(load(name, weights=str(tmp_path), steps=4, guidance=5.0, eta=1.0))
    inject(noise)
    call = {"num_inference_steps": 4, "guidance_scale": 5.0, "eta": 1.0}
    assert_same_image(found, their_image(open_pipeline(tmp_path), noise[:, 0], **call))


def test_the_image_is_the_pipelines_for_flux(load, pipelines):
    """Its pipeline takes latents as patches."""
    noise, found = our_image(load("flux-schnell", steps=4))
    packed = noise.clone()[:, :1].reshape(1, 4, 4, 2, 4, 2).permute(0, 2, 4, 1, 3, 5).reshape(1, 1, 16, 16)
    call = {"num_inference_steps": 4, "guidance_scale": 0.0, "max_sequence_length": 256, "height": 16, "width": 16}
    expected = their_image(open_pipeline(pipelines("flux-schnell")), packed[:, 0], **call)
    torch.testing.assert_close(found.clamp(0, 1), expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize("name", ["sd15", "sdxl", "sd-turbo", "sdxl-turbo", "lcm", "sd3-medium", "flux-schnell"])
def test_every_noise_that_has_a_weight_moves_the_image(name, load):
    """A gradient reaches the initial latent, and every injected noise but the last one where the sampler injects."""
    ours = load(name, steps=3, **({} if name == "lcm" else {"eta": 1.0}))
    problem = make_problem(ours, "brightness", PROMPT)
    noise = problem.draw_noise(1).requires_grad_()
    problem.reward(problem.generate(noise)).sum().backward()
    moves = noise.grad.flatten(2).norm(dim=2)[0] > 0
    assert moves.tolist() == [True, True, True, False]
    assert torch.isfinite(noise.grad).all()


def test_all_models_of_the_hub_are_checked_here(pipelines):
    from tests.support.standins.pipelines import STANDINS

    shipped = {name for name in MODELS.names() if MODELS.get(name).facts.weights.startswith("hub:")}
    assert shipped == set(STANDINS)
