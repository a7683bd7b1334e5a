"""Rewards against independent figures: by hand, by Pillow, by finite differences; in batches and alone."""

import re
from io import BytesIO

import numpy as np
import pytest
import torch
from PIL import Image

from bench.registry import REWARDS
from bench.suite.needs import default_sources
from bench.weights.source import Missing

# Not REWARDS.names(): other test modules may have registered rewards of their own.
BUILT_IN = [name for name in REWARDS.names() if REWARDS.get(name).factory.__module__.startswith("rewards.")]
IMAGES = torch.rand(4, 3, 32, 32, generator=torch.Generator().manual_seed(0)) * 1.2 - 0.1
CAPTIONS = ["white duck", "cat", "a red crab on a blue background", "an owl"]


def samples_for(name):
    """What the reward scores, four of them: points of the plane, or images."""
    return 2 * IMAGES[:, 0, 0, :2] - 1 if REWARDS.get(name).facts.media == ("points",) else IMAGES


@pytest.fixture(scope="module")
def score(reward):
    return lambda name, images=IMAGES, captions=CAPTIONS: reward(name)(images, captions)


def test_brightness_and_darkness_are_the_decoders_mean(score):
    """DNO's definition: plus or minus the mean of the decoder's output in [-1, 1], not clamped."""
    decoder_output = IMAGES.double().numpy() * 2 - 1
    expected = [image.mean() for image in decoder_output]
    assert score("brightness").tolist() == pytest.approx(expected, abs=1e-6)
    assert score("darkness").tolist() == pytest.approx([-value for value in expected], abs=1e-6)
    assert score("darkness", torch.full((1, 3, 32, 32), -0.5), ["cat"]).item() == pytest.approx(2.0)


def test_jpeg_is_minus_the_kilobytes_of_the_file(score):
    images = torch.stack([torch.zeros(3, 64, 64), torch.rand(3, 64, 64, generator=torch.Generator().manual_seed(1))])
    for image, found in zip(images, score("jpeg-compressibility", images, ["a", "b"]), strict=True):
        buffer = BytesIO()
        pixels = np.round(image.permute(1, 2, 0).numpy() * 255).astype(np.uint8)
        Image.fromarray(pixels).save(buffer, format="JPEG", quality=95)
        assert found.item() == pytest.approx(-len(buffer.getvalue()) / 1000)
    assert torch.equal(score("jpeg-incompressibility", images, ["a", "b"]), -score("jpeg-compressibility", images))


def test_contrast_is_the_variance_of_the_summed_channels(score):
    """DNO's definition, an image at a time, by NumPy; and by hand: half black, half white is n / (n - 1) * 9."""
    sums = (IMAGES.double().numpy() * 2 - 1).sum(axis=1)
    assert score("contrast").tolist() == pytest.approx([image.var(ddof=1) for image in sums], rel=1e-5)
    halves = torch.cat([torch.zeros(1, 3, 8, 4), torch.ones(1, 3, 8, 4)], dim=3)
    assert score("contrast", halves, ["cat"]).item() == pytest.approx(9 * 64 / 63)


def test_ring_waves_by_hand(score):
    """At (1/8, 1/8): both waves at their crest, and (49/64 - 1/64) / 5 = 0.15 taken off."""
    points = torch.tensor([[0.125, 0.125], [0.0, 0.0], [1.0, 0.5]])
    assert score("ring-waves", points, [""] * 3).tolist() == pytest.approx([2 - 0.15, -0.2, 0.05], abs=1e-6)


@pytest.mark.parametrize("name", BUILT_IN)
class TestEveryReward:
    def test_is_documented(self, name):
        entry = REWARDS.get(name)
        assert entry.summary
        assert entry.facts.paper.startswith("https://")
        assert entry.facts.licence
        low, high = entry.facts.range or (0, 1)
        assert low < high

    def test_batched_and_single_scores_agree(self, name, score):
        samples = samples_for(name)
        single = torch.cat([score(name, samples[i : i + 1], CAPTIONS[i : i + 1]) for i in range(len(samples))])
        torch.testing.assert_close(score(name, samples), single, rtol=1e-5, atol=1e-6)
        assert single.dtype == torch.float32

    def test_is_finite_on_plain_samples(self, name, score):
        for value in (0.0, 0.5, 1.0):
            images = torch.full_like(samples_for(name)[:1], value).requires_grad_()
            found = score(name, images, ["white duck"])
            assert torch.isfinite(found).all()
            if REWARDS.get(name).facts.differentiable:
                found.sum().backward()
                assert torch.isfinite(images.grad).all()

    def test_gradient_equals_finite_differences_or_is_not_promised(self, name, score):
        images = (0.1 + 0.8 * samples_for(name).clamp(0, 1)).requires_grad_()
        found = score(name, images)
        assert found.requires_grad == REWARDS.get(name).facts.differentiable
        if not found.requires_grad:
            return
        found.sum().backward()
        direction = torch.randn(images.shape, generator=torch.Generator().manual_seed(2))
        ahead, behind = (score(name, images.detach() + s * 1e-3 * direction).sum().item() for s in (1, -1))
        slope = (images.grad * direction).sum().item()
        assert slope == pytest.approx((ahead - behind) / 2e-3, rel=0.02, abs=2e-3)

    def test_weights_that_are_not_here_are_named(self, name, monkeypatch, tmp_path):
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
        monkeypatch.setenv("DNO_BENCH_CACHE", str(tmp_path))
        entry = REWARDS.get(name)
        sources = default_sources(entry)
        here = entry.facts.weights in {"none", "those of its parts"} or "in the package" in entry.facts.weights
        assert bool(sources) != here
        for source in sources:
            with pytest.raises(Missing, match=re.escape(repr(source.name))):
                source.find()
