"""The committed weights: SD-Turbo's layout and code, one step without guidance, and scenes that are asked for."""

import pytest
import torch

from bench.errors import InputError
from bench.models.emoji import Emoji
from bench.models.emoji import load_pipeline as load_emoji
from bench.models.emoji.evaluate import make_images, problem_for, right
from bench.models.emoji.support import support_distance
from bench.models.emoji_turbo import FOLDER, WEIGHTS, EmojiTurbo, load_pipeline
from bench.models.replay import Replay
from bench.models.turbo import SDTurbo
from bench.problem import Meter, seeded_problem
from bench.registry import METHODS, REWARDS
from tests.support.tape import Tapes

CPU = torch.device("cpu")
PROMPT = "a white duck"


@pytest.fixture(scope="module")
def model():
    return EmojiTurbo().load(CPU)


def sample_and_gradient(model, n=2):
    problem = problem_for(model, PROMPT, seed=0)
    noise = problem.draw_noise(n).requires_grad_()
    samples = problem.generate(noise)
    problem.reward(samples).sum().backward()
    return samples.detach(), noise.grad


def test_only_the_denoiser_is_added_and_is_at_most_9_mb():
    (weights,) = FOLDER.rglob("*.safetensors")
    assert weights.parent == WEIGHTS / "unet"
    assert weights.stat().st_size <= 9e6


def test_all_but_the_denoiser_is_that_of_emoji():
    turbo, emoji = load_pipeline(), load_emoji()
    for part in ("vae", "text_encoder"):
        ours, theirs = (getattr(pipeline, part).state_dict() for pipeline in (turbo, emoji))
        assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
    ours, theirs = turbo.unet.state_dict(), emoji.unet.state_dict()
    assert {name: one.shape for name, one in ours.items()} == {name: one.shape for name, one in theirs.items()}
    assert not torch.equal(ours["conv_in.weight"], theirs["conv_in.weight"])


def test_the_image_is_the_pipelines(model):
    pipeline = load_pipeline()
    pipeline.set_progress_bar_config(disable=True)
    problem = problem_for(model, PROMPT, seed=0)
    noise = problem.draw_noise(1)
    with torch.no_grad():
        found = problem.generate(noise)
    expected = pipeline(PROMPT, num_inference_steps=1, guidance_scale=0.0, latents=noise[:, 0], output_type="pt").images
    assert expected.std() > 0.05
    torch.testing.assert_close(found.clamp(0, 1), expected, rtol=0, atol=1e-4)


def test_a_folder_of_all_parts_is_an_sd_turbo(tmp_path, model):
    load_pipeline().save_pretrained(tmp_path)
    sd_turbo = SDTurbo(weights=str(tmp_path), size=32).load(CPU)
    for found, expected in zip(sample_and_gradient(model), sample_and_gradient(sd_turbo), strict=True):
        assert (found - expected).norm() <= 1e-4 * expected.norm()


def test_one_evaluation_makes_a_sample(model):
    meter = Meter()
    reward = REWARDS.get("darkness").create({})
    problem = seeded_problem(model, reward, PROMPT, 0, model_name="emoji-turbo", meter=meter)
    problem.generate(problem.draw_noise(3))
    assert meter.counts().items() >= {"denoiser_evals": 3, "decodes": 3}.items()


def test_the_initial_noise_alone_moves_the_image(model):
    _, gradient = sample_and_gradient(model)
    assert torch.isfinite(gradient).all()
    assert (gradient.flatten(2).norm(dim=2) > 0).tolist() == [[True, False]] * 2


def test_the_gradient_equals_finite_differences(model):
    problem = problem_for(model, PROMPT, seed=0)
    noise = problem.draw_noise(1)
    _, gradient = sample_and_gradient(model, n=1)
    direction = gradient / gradient.norm()
    step = 0.01
    with torch.no_grad():
        ahead, behind = (problem.reward(problem.generate(noise + sign * step * direction)) for sign in (1, -1))
    assert ((ahead - behind) / (2 * step)).item() == pytest.approx(gradient.norm().item(), rel=0.02)


def test_replayed_it_is_the_same_to_the_bit(model):
    replayed = EmojiTurbo().load(CPU)
    replayed.replay, replayed.recompute = Replay(Tapes()), "steps"
    for found, expected in zip(sample_and_gradient(replayed), sample_and_gradient(model), strict=True):
        assert torch.equal(found, expected)


def test_samples_show_what_they_are_asked_for(model):
    texts = ["white duck", "a red crab on a white background", "frog", "a blue whale on a pink background"] * 6
    images = make_images(model, texts, seed=7)
    share = right(images, texts)
    assert share["noun"] > 0.6
    assert share["tint"] > 0.6
    assert share["background"] > 0.8
    assert support_distance(images, texts).median() < 0.15


def test_words_without_a_drawing_are_refused():
    with pytest.raises(ValueError, match="expected"):
        EmojiTurbo().check_prompt("dragon")


def test_another_number_of_steps_is_refused(model):
    with pytest.raises(InputError, match=r"steps must be in 1\.\.1, got 2"):
        model.with_sampling(steps=2)
    with pytest.raises(ValueError, match="no sampling option 'guidance'"):
        model.with_sampling(guidance=2.0)


@pytest.mark.parametrize(
    ("method", "why"),
    [
        ("das", "at least 2 steps"),
        ("additive-guidance", "at least 2 steps"),
        ("svdd", "at least 2 steps"),
        ("psp", "1 steps are too few"),
        ("search-over-paths", "the model has 1"),
        ("cfg-sweep", "no classifier-free guidance"),
        ("doodl", "takes 50 steps, the model at most 1"),
    ],
)
def test_methods_of_a_trajectory_are_refused(method, why):
    with pytest.raises(ValueError, match=why):
        METHODS.get(method).create({}).check_model(EmojiTurbo())


@pytest.mark.parametrize("method", ["base", "best-of-n", "more-steps", "dno", "dno-ode", "zero-order"])
def test_methods_of_the_initial_noise_run(method, model):
    run = METHODS.get(method).create({}).run(problem_for(model, PROMPT, seed=0))
    offer = next(run)
    assert offer.samples.shape[1:] == (3, 32, 32)
    assert torch.isfinite(offer.rewards).all()


def test_the_card_has_its_figures_and_picture():
    card = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert f"| emoji-turbo, 1 step | emoji, {Emoji().steps} steps | real scenes | goal |" in card
    assert "| noun right, of 500 captions |" in card
    assert (FOLDER / "samples.png").stat().st_size > 10_000
