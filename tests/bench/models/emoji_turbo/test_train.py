"""The distillation: what the pairs are, what the loss prefers, and the same weights again from the same seed."""

import pytest
import torch

from bench.models.emoji import load_pipeline
from bench.models.emoji.support import support_distance
from bench.models.emoji_turbo import pairs, train
from bench.models.emoji_turbo.evaluate import effective_number


@pytest.fixture
def small(monkeypatch):
    """Four pairs, drawn in two steps, four a training step."""
    monkeypatch.setattr(pairs, "BATCH", 4)
    monkeypatch.setattr(train, "BATCH", 4)
    monkeypatch.setattr(train, "TEACHER", {**train.TEACHER, "num_inference_steps": 2})


@pytest.fixture
def pipeline():
    made = load_pipeline()
    made.set_progress_bar_config(disable=True)
    return made


def test_pairs_are_noises_and_allowed_scenes(small, pipeline, tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(pairs, "captions", lambda *given, real=pairs.captions: seen.extend(real(*given)) or seen[-4:])
    made = pairs.cached_pairs(tmp_path / "a.safetensors", pipeline, train.TEACHER, 8, seed=0)
    assert {name: tuple(one.shape) for name, one in made.items()} == {
        "noise": (8, 16, 4, 4), "latents": (8, 16, 4, 4), "states": (8, 10, 64),
    }  # fmt: skip
    with torch.no_grad():
        images = pipeline.vae.decode(made["latents"] / pipeline.vae.config.scaling_factor).sample / 2 + 0.5
    assert support_distance(images, seen).max() < 0.15
    states, _ = pipeline.encode_prompt(seen, "cpu", 1, False)
    torch.testing.assert_close(made["states"], states, rtol=1e-4, atol=1e-5)
    assert len({tuple(one.tolist()) for one in made["noise"][:, 0, 0]}) == 8


def test_the_scene_of_a_pair_is_the_nearest_to_what_the_noise_becomes(small, pipeline, tmp_path):
    """With all its steps the teacher draws nearly a scene, so that the pair's is nearly what it draws."""
    options = {**train.TEACHER, "num_inference_steps": 25}
    made = pairs.cached_pairs(tmp_path / "a.safetensors", pipeline, options, 4, seed=0)
    drawn = pipeline(
        prompt_embeds=made["states"], negative_prompt_embeds=pipeline.encode_prompt([""] * 4, "cpu", 1, False)[0],
        latents=made["noise"], output_type="latent", **options,
    ).images  # fmt: skip
    own, other = ((drawn - one).square().mean((1, 2, 3)) for one in (made["latents"], made["latents"].roll(1, 0)))
    assert (own < 0.5 * other).all()


def test_pairs_are_made_once(small, pipeline, tmp_path):
    first = pairs.cached_pairs(tmp_path / "a.safetensors", pipeline, train.TEACHER, 4, seed=0)
    again = pairs.cached_pairs(tmp_path / "a.safetensors", None, train.TEACHER, 4, seed=0)
    assert torch.equal(first["latents"], again["latents"])


def test_the_loss_is_least_at_the_likelier_of_two_scenes():
    one, other = torch.zeros(16, 4, 4), torch.ones(16, 4, 4)
    targets = torch.stack([one, one, one, other, other])
    losses = [float(train.pseudo_huber(targets - torch.lerp(one, other, w))) for w in (0.0, 0.2, 0.4, 0.6, 1.0)]
    assert losses == sorted(losses)
    assert losses[0] == pytest.approx(0.4, abs=0.001)


def test_training_is_deterministic_and_goes_on_where_it_stopped(small, tmp_path):
    weights = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        train.export(train.train(tmp_path / name, 4, (2, 1), seed=0), tmp_path / name)
        weights.append((tmp_path / name / "unet" / "diffusion_pytorch_model.safetensors").read_bytes())
    assert weights[0] == weights[1]
    again = train.train(tmp_path / "a", 4, (2, 1), seed=0)
    train.export(again, tmp_path / "c")
    assert (tmp_path / "c" / "unet" / "diffusion_pytorch_model.safetensors").read_bytes() == weights[0]


def test_training_brings_the_student_to_the_scenes(small, pipeline, tmp_path):
    made = pairs.cached_pairs(tmp_path / "a.safetensors", pipeline, train.TEACHER, 4, seed=0)
    student = train.make()
    student.load_state_dict(pipeline.unet.state_dict())
    average = train.deepcopy(student).requires_grad_(False)
    train.learn(student, average, made, 40, 0, tmp_path / "few.pt")
    start = 0.9977 * made["noise"]
    with torch.no_grad():
        before, after = (one(start, 999, made["states"]).sample for one in (pipeline.unet, average))
    assert train.pseudo_huber(after - made["latents"]) < 0.5 * train.pseudo_huber(before - made["latents"])


def test_effective_number():
    assert effective_number(torch.tensor([[1, 2], [1, 2], [3, 4], [3, 4]])) == pytest.approx(2)
    assert effective_number(torch.tensor([7, 7, 7])) == pytest.approx(1)
