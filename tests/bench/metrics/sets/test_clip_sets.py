"""Diversity and entropy of CLIP embeddings against numpy, on the embedded CLIP's real weights."""

from math import e, pi

import numpy as np
import pytest
import torch

from bench.errors import InputError
from bench.registry import SET_METRICS
from bench.scoring.image_features import clip_features
from bench.weights.source import Missing, sources_of

IMAGES = (torch.rand(25, 3, 32, 32, generator=torch.Generator().manual_seed(0)) * 255).byte()
LAST = torch.arange(25)[:, None, None, None] * 10  # so that images differ in more than noise


def images(n=25):
    return ((IMAGES.int() + LAST) % 256).to(torch.uint8)[:n]


def measure(name, these, clip, **options):
    return SET_METRICS.get(name).create({"clip": clip, **options})(these)


@pytest.mark.parametrize("n", [2, 5])
def test_diversity_is_the_mean_cosine_distance_over_pairs(clip_folder, n):
    features = clip_features(images(n), clip_folder).double().numpy()
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    pairs = [1 - unit[i] @ unit[j] for i in range(n) for j in range(i)]
    assert measure("clip-diversity", images(n), clip_folder) == pytest.approx(np.mean(pairs), rel=1e-5)
    assert np.mean(pairs) > 0.01


def test_equal_images_have_no_diversity_and_order_does_not_matter(clip_folder):
    assert measure("clip-diversity", images(1).repeat(3, 1, 1, 1), clip_folder) == pytest.approx(0, abs=1e-6)
    one, other = (measure("clip-diversity", these, clip_folder) for these in (images(4), images(4).flip(0)))
    assert one == pytest.approx(other, rel=1e-6)


@pytest.mark.parametrize("eigenvalues", [1, 5, 20])
def test_entropy_by_the_eigenvalues_of_numpys_covariance(clip_folder, eigenvalues):
    features = clip_features(images(), clip_folder).double().numpy()
    largest = np.linalg.eigvalsh(np.cov(features.T))[::-1][:eigenvalues]
    expected = eigenvalues * np.log(2 * pi * e) / 2 + np.log(largest).sum() / 2
    found = measure("truncated-clip-entropy", images(), clip_folder, eigenvalues=eigenvalues)
    assert found == pytest.approx(expected, rel=1e-6)


def test_too_few_images_are_said(clip_folder):
    with pytest.raises(ValueError, match="20 eigenvalues need more images than that, there are 20"):
        measure("truncated-clip-entropy", images(20), clip_folder)
    with pytest.raises(ValueError, match="pairs and there are 1 images"):
        measure("clip-diversity", images(1), clip_folder)


def test_senseless_options_are_refused():
    with pytest.raises(InputError, match="eigenvalues must be at least 1"):
        SET_METRICS.get("truncated-clip-entropy").create({"eigenvalues": 0})


@pytest.mark.parametrize("name", ["clip-diversity", "truncated-clip-entropy"])
def test_an_absent_clip_is_missing(name):
    with pytest.raises(Missing, match="not on this machine"):
        measure(name, images(), "nobody/no-clip")


@pytest.mark.parametrize("name", SET_METRICS.names())
def test_every_set_metric_is_documented(name):
    entry = SET_METRICS.get(name)
    assert entry.summary
    assert entry.facts.paper
    assert isinstance(entry.facts.higher_is_better, bool)
    assert all(source.name for source in sources_of(entry.create({})))
