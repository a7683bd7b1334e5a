"""In which type latents are decoded: errors against float32 on the weights of `emoji`, gradients at any scale."""

import pytest
import torch
from diffusers import AutoencoderKL

from bench.models.decoding import GRADIENT_BOUND, IMAGE_BOUND, DecodeError, decode, error_of, in_precision
from bench.models.emoji import Emoji
from bench.models.emoji.paths import WEIGHTS
from bench.models.precision import layout_of
from tests.support.problems import make_problem

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def emoji():
    return Emoji(steps=6).load(CPU)


@pytest.fixture(scope="module")
def latent(emoji):
    """As the autoencoder has it."""
    return emoji.typical_latents(1)


@pytest.fixture
def autoencoder():
    return AutoencoderKL.from_pretrained(WEIGHTS / "vae").eval().requires_grad_(False)


def gradient(autoencoder, latent, scale):
    """Of a mean of the pixels, times `scale`."""
    latent = latent.clone().requires_grad_()
    (scale * decode(autoencoder, latent).mean((1, 2, 3))).sum().backward()
    return latent.grad


def test_float16_shows_no_difference_on_emoji_and_is_taken(autoencoder, latent):
    found, error = in_precision(autoencoder, "auto", latent)
    assert found.dtype == torch.float16
    assert 0 < error.image < IMAGE_BOUND / 2
    assert 0 < error.gradient < GRADIENT_BOUND / 2
    assert autoencoder.dtype == torch.float32


def test_the_error_is_the_largest_difference_of_a_pixel(autoencoder, latent):
    found, error = in_precision(autoencoder, "bf16", latent)
    images = [one.decode(latent.to(one.dtype)).sample.float().numpy() for one in (found, autoencoder)]
    assert error.image == pytest.approx(abs(images[0] - images[1]).max() / 2, rel=1e-4)


def test_an_autoencoder_that_overflows_float16_stays_in_float32(autoencoder, latent):
    """As SDXL's own does: what lies between two layers is beyond float16, what comes out is not."""
    decoder = autoencoder.decoder
    with torch.no_grad():
        decoder.conv_in.weight *= 1e6
        decoder.conv_in.bias *= 1e6
    found, error = in_precision(autoencoder, "auto", latent)
    assert found is autoencoder
    assert error == (0, 0)


@pytest.mark.parametrize("error", [(0.004, 0), (0, 0.011), (float("nan"), 0), (0, float("nan")), (float("inf"), 0)])
def test_what_can_be_seen_or_is_not_finite_is_refused(error):
    assert not DecodeError(*error).unseen
    assert DecodeError(0.003, 0.009).unseen


@pytest.mark.parametrize("scale", [1.0, 1e-6, 1e-30, 1e4])
def test_float16_gradients_do_not_depend_on_their_scale(autoencoder, latent, scale):
    """To the bit where the scale is a power of two; without scaling those of 1e-6 and less underflow."""
    scale = 2.0 ** torch.tensor(scale).log2().round().item()
    expected = gradient(autoencoder, latent, 1.0)
    half = autoencoder.half()
    assert torch.equal(gradient(half, latent, scale), scale * gradient(half, latent, 1.0))
    assert (gradient(half, latent, 1.0) - expected).norm() < GRADIENT_BOUND * expected.norm()


def test_float16_gradients_of_a_sample_do_not_depend_on_its_neighbours(autoencoder, latent):
    half, both = autoencoder.half(), torch.cat([latent, -latent])
    found = gradient(half, both, torch.tensor([1.0, 2.0**20]))
    torch.testing.assert_close(found[:1], gradient(half, latent, 1.0), rtol=0.02, atol=1e-9)
    assert torch.equal(gradient(half, latent, 0.0), torch.zeros_like(latent))


@pytest.mark.parametrize("precision", ["fp16", "bf16"])
def test_the_type_that_is_named_is_taken_and_stands_in_what_was_chosen(precision, load):
    model = load("sd15", steps=2, decode_precision=precision)
    chosen = model.chosen
    assert chosen["decode"] == precision
    assert 0 < chosen["decode_error"] < 0.1
    assert 0 < chosen["decode_gradient_error"] < 0.5
    problem = make_problem(model, "brightness", "cat")
    assert problem.generate(problem.draw_noise(1)).dtype == torch.float32


def test_an_autoencoder_is_measured_against_itself_as_exact(autoencoder, latent):
    assert error_of(autoencoder, autoencoder, latent) == (0, 0)
    assert not autoencoder.decoder.gradient_checkpointing


def test_channels_last_changes_no_value_and_no_layout_outside(emoji):
    assert layout_of(torch.device("cuda")) == torch.channels_last
    assert layout_of(CPU) == torch.preserve_format
    last = Emoji(steps=6).load(CPU)
    for part in (last._network, last._pipeline.vae):
        part.to(memory_format=torch.channels_last)
    found = []
    for model in (last, emoji):
        problem = make_problem(model, "brightness", "cat")
        noise = problem.draw_noise(2).requires_grad_()
        samples = problem.generate(noise)
        samples.square().mean().backward()
        found.append((samples, noise.grad))
    assert found[0][0].is_contiguous()
    torch.testing.assert_close(found[0][0], found[1][0], rtol=0, atol=1e-5)
    assert (found[0][1] - found[1][1]).norm() < 1e-3 * found[1][1].norm()


def test_where_the_measurement_does_not_fit_auto_stays_in_float32(autoencoder, latent, monkeypatch):
    def full(*_):
        raise torch.OutOfMemoryError

    monkeypatch.setattr(autoencoder, "decode", full)
    monkeypatch.setattr(AutoencoderKL, "decode", full)
    found, error = in_precision(autoencoder, "auto", latent)
    assert (found, error) == (autoencoder, None)
    assert not autoencoder.decoder.gradient_checkpointing
    assert in_precision(autoencoder, "fp16", latent)[0].dtype == torch.float16
