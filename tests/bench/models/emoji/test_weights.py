"""The committed weights: a real pipeline that agrees with diffusers, and judges that judge."""

import json
from random import Random

import pytest
import torch
from diffusers import StableDiffusionPipeline
from transformers import CLIPModel

from bench.models.emoji import Emoji
from bench.models.emoji.captions import captions
from bench.models.emoji.classifier import adherence
from bench.models.emoji.evaluate import make_images, problem_for, right, right_on_real_scenes
from bench.models.emoji.paths import FOLDER, WEIGHTS
from bench.models.emoji.scenes import render, sample
from bench.problem.seeding import stream
from bench.scoring.emoji_clip import alignment

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def model():
    return Emoji().load(CPU)


def real_scenes(n):
    scenes = sample(n, stream("test of weights"))
    return render(scenes), captions(scenes, Random(0))


def test_all_weights_are_at_most_12_mb():
    assert sum(path.stat().st_size for path in FOLDER.rglob("*.safetensors")) <= 12e6


def test_loads_as_a_diffusers_pipeline_and_samples_like_one(model):
    """The pipeline's own call from the same initial latent, eta 0, gives the same image."""
    pipeline = StableDiffusionPipeline.from_pretrained(WEIGHTS, dtype=torch.float32, safety_checker=None)
    pipeline.set_progress_bar_config(disable=True)
    ours = Emoji(eta=0.0).load(CPU)
    problem = problem_for(ours, "white duck", seed=0)
    noise = problem.draw_noise(1)
    with torch.no_grad():
        found = problem.generate(noise)
    call = pipeline(
        "white duck",
        num_inference_steps=ours.steps,
        guidance_scale=ours.options["guidance"],
        eta=0.0,
        latents=noise[:, 0],
        output_type="pt",
    )
    torch.testing.assert_close(found.clamp(0, 1), call.images, rtol=0, atol=1e-4)


def test_prompt_encoding_is_the_clip_text_tower(model):
    clip = CLIPModel.from_pretrained(FOLDER / "clip", dtype=torch.float32)
    tokens = torch.tensor([[0, 2, 14, 50, 1, 1, 1, 1, 1, 1]])
    states = clip.text_model(tokens).last_hidden_state
    torch.testing.assert_close(model.encode("a white duck")["encoder_hidden_states"][1:], states, rtol=1e-4, atol=1e-5)


def test_gradients_with_and_without_recomputation_agree(model):
    """Through the whole trajectory, guidance and decoder, relative to the gradient's norm."""
    gradients = []
    for recompute in ("none", "steps"):
        model.recompute = recompute
        problem = problem_for(model, "white duck", seed=0)
        noise = problem.draw_noise(1).requires_grad_()
        problem.reward(problem.generate(noise)).sum().backward()
        gradients.append(noise.grad)
    model.recompute = "none"
    assert (gradients[0] - gradients[1]).norm() <= 1e-5 * gradients[0].norm()
    assert gradients[0].norm() > 0


def test_the_last_noise_has_no_weight_and_all_others_have(model):
    problem = problem_for(model, "cat", seed=0)
    noise = problem.draw_noise(1).requires_grad_()
    problem.generate(noise).sum().backward()
    sizes = noise.grad[0].flatten(1).norm(dim=1)
    assert sizes[-1] == 0
    assert (sizes[:-1] > 0).all()


def test_samples_show_what_they_are_asked_for(model):
    texts = ["white duck", "a red crab on a white background", "frog", "a blue whale on a pink background"] * 6
    share = right(make_images(model, [*texts], seed=7), texts)
    assert share["noun"] > 0.6
    assert share["tint"] > 0.6
    assert share["background"] > 0.8


def test_classifier_knows_real_scenes():
    assert min(right_on_real_scenes(500).values()) >= 0.97


def test_adherence_is_high_for_the_caption_and_low_for_another():
    images, texts = real_scenes(100)
    assert adherence(images, texts).mean() > 0.9
    assert adherence(images, texts[1:] + texts[:1]).mean() < 0.1


def test_alignment_ranks_the_right_caption_first():
    images, texts = real_scenes(100)
    assert (alignment(images, texts) > alignment(images, texts[1:] + texts[:1])).float().mean() > 0.95


def test_alignment_gradient_equals_finite_differences():
    images, texts = real_scenes(1)
    images = (0.8 * images + 0.1).requires_grad_()
    alignment(images, texts).sum().backward()
    direction = torch.randn(images.shape, generator=torch.Generator().manual_seed(0))
    step = 1e-3
    ahead, behind = (alignment(images.detach() + sign * step * direction, texts).item() for sign in (1, -1))
    assert (images.grad * direction).sum().item() == pytest.approx((ahead - behind) / (2 * step), rel=0.02)


def test_the_card_has_its_figures_and_picture():
    card = (FOLDER / "README.md").read_text()
    assert "| noun right, of 500 captions |" in card
    assert f"{Emoji().steps} DDIM steps" in card
    assert f"\n| {Emoji().steps} | " in card.partition("<!-- steps -->")[2]
    assert (FOLDER / "samples.png").stat().st_size > 10_000
    assert json.loads((WEIGHTS / "model_index.json").read_text())["_class_name"] == "StableDiffusionPipeline"
