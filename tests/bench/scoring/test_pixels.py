"""Metrics of single images against Pillow, scipy, colorsys and the stored file itself."""

import colorsys

import numpy as np
import pytest
import torch
from PIL import Image
from scipy import ndimage

from bench.registry import METRICS
from bench.scoring.pixels import as_bytes
from bench.store.folder import CellStore
from tests.support.cells import make_cell

# Beyond [0, 1], as decoders give them, and not square.
IMAGES = torch.rand(3, 3, 24, 20, generator=torch.Generator().manual_seed(0)) * 1.4 - 0.2


def measure(name, samples):
    return METRICS.get(name).create({})(samples, ["cat"] * len(samples), torch.zeros(len(samples), 1))


def plain(value):
    return torch.full((1, 3, 8, 8), float(value))


def test_bytes_are_those_of_the_stored_file(tmp_path):
    store = CellStore(tmp_path / "cells" / "one")
    store.begin(make_cell())
    for image, stored in zip(IMAGES, as_bytes(IMAGES), strict=True):
        with Image.open(tmp_path / store.save_image("1", image)) as file:
            assert np.array_equal(np.asarray(file), stored.movedim(0, -1).numpy())


def test_saturation_is_colorsys_and_pillows_hsv():
    found = measure("saturation", IMAGES)["saturation"]
    for image, value in zip(IMAGES.clamp(0, 1), found, strict=True):
        pixels = image.flatten(1).T.tolist()
        assert value.item() == pytest.approx(np.mean([colorsys.rgb_to_hsv(*pixel)[1] for pixel in pixels]), abs=1e-6)
    for stored, value in zip(as_bytes(IMAGES), found, strict=True):
        hsv = np.asarray(Image.fromarray(stored.movedim(0, -1).numpy()).convert("HSV"))
        assert value.item() == pytest.approx(hsv[..., 1].mean() / 255, abs=0.01)  # Pillow truncates to bytes


def test_clipped_values_are_counted_in_the_stored_image():
    expected = [np.isin(stored.numpy(), [0, 255]).mean() for stored in as_bytes(IMAGES)]
    assert min(expected) > 0.2
    assert measure("saturation", IMAGES)["saturation-clipped"].tolist() == pytest.approx(expected)


@pytest.mark.parametrize(("value", "clipped"), [(0, 1), (1, 1), (0.5, 0)])
def test_grey_has_no_saturation_and_no_sharpness(value, clipped):
    assert measure("saturation", plain(value)) == {
        "saturation": torch.zeros(1), "saturation-clipped": torch.tensor([float(clipped)]),
    }  # fmt: skip
    assert measure("sharpness", plain(value))["sharpness"].item() == pytest.approx(0, abs=1e-6)


def test_sharpness_is_scipys_laplacian_of_the_grey_image():
    """With mirrored borders, which OpenCV calls reflect-101."""
    found = measure("sharpness", IMAGES)["sharpness"]
    for image, value in zip(IMAGES.clamp(0, 1).double().numpy(), found, strict=True):
        grey = 255 * np.tensordot([0.299, 0.587, 0.114], image, axes=1)
        assert value.item() == pytest.approx(ndimage.laplace(grey, mode="mirror").var(), rel=1e-5)


def test_blur_is_less_sharp_and_a_flip_is_as_sharp():
    blurred = torch.from_numpy(ndimage.gaussian_filter(IMAGES.numpy(), (0, 0, 1, 1)))
    sharp = measure("sharpness", IMAGES)["sharpness"]
    assert (measure("sharpness", blurred)["sharpness"] < sharp / 4).all()
    assert torch.allclose(measure("sharpness", IMAGES.flip(-1))["sharpness"], sharp)


@pytest.mark.parametrize("name", ["saturation", "sharpness", "torchmetrics-clip-score"])
def test_points_are_refused(name):
    with pytest.raises(ValueError, match=r"judges images .* these samples are \(4, 2\)"):
        measure(name, torch.zeros(4, 2))
