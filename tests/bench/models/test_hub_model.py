"""What all models from the hub share: types, memory, chunks, options."""

import math
from contextlib import suppress
from dataclasses import fields
from itertools import product
from types import SimpleNamespace

import pytest
import torch

from bench.errors import InputError
from bench.models.emoji import Emoji
from bench.models.emoji.paths import WEIGHTS
from bench.models.stable_diffusion import StableDiffusion15
from bench.problem import Meter, seeded_problem
from bench.registry import METRICS, MODELS, REWARDS, SET_METRICS
from bench.weights.hub import HubFolder
from bench.weights.source import is_here, sources_of
from tests.support.problems import make_problem


def gradient(model, prompt="cat", n=1):
    problem = make_problem(model, "brightness", prompt)
    noise = problem.draw_noise(n).requires_grad_()
    problem.reward(problem.generate(noise)).sum().backward()
    return noise.grad


@pytest.mark.parametrize("recompute", ["none", "steps", "blocks"])
def test_recomputed_activations_give_the_same_gradient(recompute):
    """`sd15` on the weights of `emoji`, which recomputes nothing."""
    options = {"steps": 3, "guidance": 4.0}
    emoji = Emoji(**options).load(torch.device("cpu"))
    sd15 = StableDiffusion15(**options, weights=str(WEIGHTS), size=32, recompute=recompute).load(torch.device("cpu"))
    assert sd15.recompute == recompute
    torch.testing.assert_close(gradient(emoji), gradient(sd15), rtol=1e-4, atol=1e-6)


def chosen(load, monkeypatch, total, available=0, **options):
    monkeypatch.setattr("psutil.virtual_memory", lambda: SimpleNamespace(total=total, available=available))
    return load("sd15", steps=3, **options).chosen


def test_what_fits_is_chosen_by_the_machine_and_the_weights_whatever_else_is_loaded(load, monkeypatch):
    weights = load("sd15")._weight_bytes()
    much = chosen(load, monkeypatch, 2**34)
    assert much == chosen(load, monkeypatch, 2**34, available=2**34)
    assert (much["recompute"], much["precision"]) == ("none", "fp32")
    assert much["chunk"] > 100
    little = chosen(load, monkeypatch, weights)
    assert little.items() >= {"recompute": "blocks", "chunk": 1, "precision": "fp32", "replay": "off"}.items()


def test_an_option_that_is_given_is_what_is_chosen(load, monkeypatch):
    options = {"recompute": "steps", "chunk": 3, "precision": "bf16"}
    expected = {**options, "replay": "off"}
    assert chosen(load, monkeypatch, 2**34, **options).items() >= expected.items()
    assert load("sd15", steps=3, recompute="none").chosen["recompute"] == "none"
    assert Emoji().load(torch.device("cpu")).chosen == {
        "recompute": "none",
        "chunk": None,
        "precision": "fp32",
        "replay": "off",
        "decode": "fp32",
        "decode_error": None,
        "decode_gradient_error": None,
    }


@pytest.mark.parametrize(("recompute", "runs"), [("none", 1), ("steps", 2), ("blocks", 3)])
def test_the_meter_counts_what_the_networks_run(recompute, runs, load):
    """A block of each network sees all: predictions, and what a gradient runs again."""
    model, meter = load("sd15", steps=3, guidance=4.0, recompute=recompute), Meter()
    seen = {"unet": 0, "vae": 0}
    for name, block in (("unet", model._network.down_blocks[0]), ("vae", model._pipeline.vae.decoder.mid_block)):
        block.resnets[0].register_forward_pre_hook(lambda *_, name=name: seen.update({name: seen[name] + 1}))
    problem = seeded_problem(model, REWARDS.get("brightness").create({}), "cat", 0, model_name="sd15", meter=meter)
    noise = problem.draw_noise(1).requires_grad_()
    problem.reward(problem.generate(noise)).sum().backward()
    assert seen == {"unet": 3 * runs, "vae": runs}
    assert meter.counts() == {
        "denoiser_evals": 2 * seen["unet"],
        "decodes": seen["vae"],
        "reward_calls": 1,
        "backward_evals": 2 * 3,
    }


@pytest.mark.parametrize(("name", "guidance"), [("sd15", 1.0), ("sdxl", 1.0), ("sd3-medium", 1.0), ("lcm", 3.0)])
def test_other_guidance_needs_no_other_encoding_of_the_prompt(name, guidance, load):
    problem = make_problem(load(name, steps=2), "brightness", "a white duck")
    direct = make_problem(load(name, steps=2, guidance=guidance), "brightness", "a white duck")
    noise = problem.draw_noise(2)
    with torch.no_grad():
        found, plain = problem.with_sampling(guidance=guidance).generate(noise), problem.generate(noise)
        torch.testing.assert_close(found, direct.generate(noise), rtol=1e-4, atol=1e-5)
    assert not torch.allclose(found, plain, atol=1e-5)


@pytest.mark.parametrize("name", ["sd15", "sdxl", "sd3-medium", "flux-schnell"])
def test_samples_and_gradients_do_not_depend_on_the_chunk(name, load):
    found = []
    for chunk in (1, 2, 5):
        model = load(name, steps=2, chunk=chunk)
        problem = make_problem(model, "brightness", "cat")
        noise = problem.draw_noise(5)
        found.append((problem.generate(noise), gradient(model, n=5)))
    for samples, gradients in found[1:]:
        torch.testing.assert_close(samples, found[0][0], rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(gradients, found[0][1], rtol=1e-3, atol=1e-7)


@pytest.mark.parametrize("name", ["sd15", "sdxl", "sd-turbo", "lcm", "sd3-medium", "flux-schnell"])
def test_half_precision_networks_leave_noise_samples_and_gradients_in_float32(name, load):
    exact, half = load(name, steps=2), load(name, steps=2, precision="bf16")
    assert half._network.dtype == torch.bfloat16
    assert half._pipeline.vae.dtype == torch.float32
    problem = make_problem(half, "brightness", "cat")
    noise = problem.draw_noise(1)
    samples = problem.generate(noise)
    assert samples.dtype == torch.float32
    expected = make_problem(exact, "brightness", "cat").generate(noise)
    assert 0 < (samples - expected).abs().mean() < 0.05
    found = gradient(half)
    assert found.dtype == torch.float32
    assert torch.isfinite(found).all()
    similarity = torch.cosine_similarity(found.flatten(), gradient(exact).flatten(), dim=0)
    assert similarity > 0.9


def test_sdxl_takes_the_autoencoder_that_half_precision_does_not_overflow(load, pipelines):
    model = load("sdxl", precision="bf16", vae=str(pipelines("vae")))
    assert model._network.dtype == torch.bfloat16
    assert model._pipeline.vae.dtype == torch.float32  # on a CPU
    own = load("sdxl", precision="bf16")
    latent = torch.randn(1, *model.latent_shape, generator=torch.Generator().manual_seed(0))
    assert not torch.allclose(model.decode(latent), own.decode(latent), atol=0.05)


def test_size_is_in_pixels(load):
    assert load("sd15", size=32).latent_shape == (4, 16, 16)
    assert load("sd15", size=16).latent_shape == (4, 8, 8)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("sd15", {"steps": 0}, "steps must be in 1..500"),
        ("sd15", {"guidance": 0.5}, "guidance must be a number of at least 1, which is none, got 0.5"),
        ("sdxl", {"eta": 2}, r"eta must be in \[0, 1\]"),
        ("sd-turbo", {"guidance": 5}, "unknown option of model 'sd-turbo': 'guidance'"),
        ("lcm", {"steps": 51}, r"steps must be in 1\.\.50"),
        ("lcm", {"eta": 1}, "unknown option of model 'lcm': 'eta'"),
        ("flux-schnell", {"size": 500}, r"size must be a multiple of 16 in 16\.\.4096, got 500"),
        ("sd15", {"size": 0}, r"size must be a multiple of 16 in 16\.\.4096"),
        ("sd15", {"size": 10**9}, r"size must be a multiple of 16 in 16\.\.4096"),
        ("sd15", {"chunk": 0}, r"chunk must be in 1\.\.65536, got 0"),
        ("sd15", {"chunk": 10**400}, r"chunk must be in 1\.\.65536"),
        ("sd15", {"steps": 10**400}, r"steps must be in 1\.\.500"),
        ("sd15", {"guidance": math.nan}, "guidance must be a number of at least 1"),
        ("sd15", {"guidance": math.inf}, "guidance must be a number of at least 1"),
        ("emoji", {"guidance": math.nan}, "guidance must be a number of at least 1"),
        ("sd15", {"eta": math.nan}, r"eta must be in \[0, 1\]"),
        ("sd15", {"precision": "int8"}, "precision"),
        ("sd15", {"decode_precision": "tf32"}, "decode_precision"),
        ("sd15", {"recompute": "some"}, "recompute"),
    ],
)
def test_senseless_options_are_refused(name, options, message):
    with pytest.raises(InputError, match=message) as refused:
        MODELS.get(name).create(options)
    assert "\n" not in str(refused.value)


HOSTILE = (-1, 0, 10**9, 10**400, 1e308, math.nan, math.inf, "", "a" * 5000, "\0", "a/b@", "/", [], {}, None)


@pytest.mark.parametrize("registry", [MODELS, REWARDS, METRICS, SET_METRICS], ids=lambda registry: registry.kind)
def test_whatever_is_written_as_an_option_is_taken_or_refused(registry):
    for entry in map(registry.get, registry.names()):
        for option, value in product((one.name for one in fields(entry.factory) if one.init), HOSTILE):
            with suppress(InputError):
                for source in sources_of(entry.create({option: value})):
                    is_here(source)


def test_only_what_is_loaded_is_fetched(pipelines):
    """Every file that the hub's layout has for a pipeline, but checkpoints of other kinds and the safety checker."""
    from fnmatch import fnmatch

    (source,) = StableDiffusion15().sources()
    assert isinstance(source, HubFolder)
    files = [path.relative_to(pipelines("sd15")).as_posix() for path in pipelines("sd15").rglob("*") if path.is_file()]
    for name in files:
        assert any(fnmatch(name, pattern) for pattern in source.patterns), name
    for name in (
        "v1-5-pruned.ckpt", "unet/diffusion_pytorch_model.bin", "unet/diffusion_pytorch_model.fp16.safetensors",
        "safety_checker/model.safetensors", "text_encoder/pytorch_model.bin",
    ):  # fmt: skip
        assert not any(fnmatch(name, pattern) for pattern in source.patterns), name


def test_flux_alone_goes_without_cudnns_attention(load):
    load("flux-schnell")
    assert not torch.backends.cuda.cudnn_sdp_enabled()
    load("sd3-medium")
    assert torch.backends.cuda.cudnn_sdp_enabled()
