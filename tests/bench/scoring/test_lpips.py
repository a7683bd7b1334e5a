"""LPIPS as an embedding against torchmetrics' own LPIPS, on one random AlexNet in torchvision's layout of a checkpoint.

torchmetrics takes its five convolutions from torchvision; here it is handed the same ones, so that the formula and the
published weights of the channels are its own.
"""

from pathlib import Path

import pytest
import torch
from torch import nn
from torchmetrics.functional.image import lpips as official

from bench.errors import InputError
from bench.registry import SET_METRICS
from bench.scoring.lpips import load_lpips
from bench.weights.source import Missing

IMAGES = (torch.rand(4, 3, 64, 64, generator=torch.Generator().manual_seed(0)) * 255).byte()


@pytest.fixture(scope="module")
def features():
    """The layers of torchvision's `alexnet().features`, at random."""
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(3, 64, kernel_size=11, stride=4, padding=2), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2),
        nn.Conv2d(64, 192, kernel_size=5, padding=2), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2),
        nn.Conv2d(192, 384, kernel_size=3, padding=1), nn.ReLU(inplace=True),
        nn.Conv2d(384, 256, kernel_size=3, padding=1), nn.ReLU(inplace=True),
        nn.Conv2d(256, 256, kernel_size=3, padding=1), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2),
    )  # fmt: skip


@pytest.fixture(scope="module")
def backbone(features, tmp_path_factory):
    path = tmp_path_factory.mktemp("alexnet") / "alexnet-owt-7be5be79.pth"
    state = {f"features.{key}": value for key, value in features.state_dict().items()}
    torch.save(state | {"classifier.6.bias": torch.zeros(1000)}, path)
    return str(path)


@pytest.fixture
def torchmetrics_lpips(features, monkeypatch):
    monkeypatch.setattr(official, "_get_tv_model_features", lambda net, pretrained: features)
    return official.learned_perceptual_image_patch_similarity


def diversity(images, backbone, **options):
    return SET_METRICS.get("lpips-diversity").create({"backbone": backbone, **options})(images)


@pytest.mark.parametrize("size", [31, 64, 100])
def test_squared_distances_are_torchmetrics_lpips(backbone, torchmetrics_lpips, size):
    images = torch.rand(2, 3, size, size, generator=torch.Generator().manual_seed(size))
    one, other = load_lpips(Path(backbone), torch.device("cpu"))(images)
    expected = torchmetrics_lpips(images[:1], images[1:], net_type="alex", normalize=True)
    assert expected > 1e-4
    assert (one - other).square().sum().item() == pytest.approx(expected.item(), rel=1e-4)


def test_diversity_is_the_mean_over_pairs(backbone, torchmetrics_lpips):
    scaled = IMAGES / 255
    pairs = [
        torchmetrics_lpips(scaled[i : i + 1], scaled[j : j + 1], net_type="alex", normalize=True).item()
        for i in range(4)
        for j in range(i)
    ]
    assert diversity(IMAGES, backbone, size=64) == pytest.approx(sum(pairs) / 6, rel=1e-4)


def test_images_are_resized_to_the_one_size(backbone, torchmetrics_lpips):
    resized = torch.nn.functional.interpolate(IMAGES[:2] / 255, (96, 96), mode="bicubic", antialias=True).clamp(0, 1)
    expected = torchmetrics_lpips(resized[:1], resized[1:], net_type="alex", normalize=True).item()
    assert diversity(IMAGES[:2], backbone, size=96) == pytest.approx(expected, rel=1e-4)


def test_equal_images_have_no_diversity(backbone):
    assert diversity(IMAGES[:1].repeat(3, 1, 1, 1), backbone) == pytest.approx(0, abs=1e-9)


def test_what_cannot_be_judged_is_said(backbone, tmp_path, monkeypatch):
    with pytest.raises(ValueError, match="pairs and there are 1 images"):
        diversity(IMAGES[:1], backbone)
    with pytest.raises(InputError, match="size must be at least 31"):
        diversity(IMAGES, backbone, size=30)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    with pytest.raises(Missing, match=r"'alexnet-owt-7be5be79\.pth' is not on this machine"):
        SET_METRICS.get("lpips-diversity").create({})(IMAGES)
