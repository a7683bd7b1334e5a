"""FID and KID against their formulas in numpy and scipy, on features of the embedded CLIP."""

import numpy as np
import pytest
import torch
from scipy.linalg import sqrtm

from bench.errors import InputError
from bench.registry import SET_METRICS
from bench.scoring.image_features import clip_features
from bench.weights.source import Missing


def images(n, low, high, seed):
    return torch.randint(low, high, (n, 3, 32, 32), generator=torch.Generator().manual_seed(seed), dtype=torch.uint8)


BASE, OTHER = images(90, 0, 255, 0), images(80, 40, 200, 1)


def measure(name, these, base, clip, **options):
    return SET_METRICS.get(name).create({"feature": clip, **options})(these, base)


def embedded(these, clip):
    return clip_features(these, clip).double().numpy()


def test_fid_is_the_distance_of_two_gaussians(clip_folder):
    """Heusel et al. 2017, equation 6, with scipy's matrix root; more images than the 64 features."""
    x, y = embedded(OTHER, clip_folder), embedded(BASE, clip_folder)
    sx, sy = np.cov(x.T), np.cov(y.T)
    expected = np.square(x.mean(0) - y.mean(0)).sum() + np.trace(sx + sy - 2 * sqrtm(sx @ sy).real)
    assert expected > 1
    assert measure("fid", OTHER, BASE, clip_folder) == pytest.approx(expected, rel=1e-4)


def test_fid_of_a_set_to_itself_is_nothing(clip_folder):
    assert measure("fid", BASE, BASE.flip(0), clip_folder) == pytest.approx(0, abs=0.01)


def test_kid_is_the_unbiased_estimator_by_hand(clip_folder):
    """Binkowski et al. 2018, the cubic kernel: means of k over pairs of different images, minus twice that across."""
    x, y = embedded(OTHER[:20], clip_folder), embedded(BASE[:20], clip_folder)

    def kernel(a, b):
        return (a @ b / len(a) + 1) ** 3

    inside = [kernel(a[i], a[j]) for a in (x, y) for i in range(20) for j in range(20) if i != j]
    across = [kernel(one, other) for one in x for other in y]
    expected = 2 * np.mean(inside) - 2 * np.mean(across)
    found = measure("kid", OTHER[:20], BASE[:20], clip_folder)
    assert found == pytest.approx(expected, rel=1e-3)


def test_kid_draws_the_same_subsets_every_time_and_leaves_the_global_stream_alone(clip_folder):
    found = []
    for seed in (5, 6):
        torch.manual_seed(seed)
        before = torch.get_rng_state()
        found.append(measure("kid", OTHER, BASE, clip_folder, subset_size=10, subsets=5))
        assert torch.equal(torch.get_rng_state(), before)
    first, second = found
    assert first == second
    assert first != measure("kid", OTHER, BASE, clip_folder, subset_size=10, subsets=6)


@pytest.mark.parametrize("name", ["fid", "kid"])
def test_what_cannot_be_judged_is_said(name, clip_folder, tmp_path, monkeypatch):
    with pytest.raises(ValueError, match="two images of each, there are 1 and 90"):
        measure(name, OTHER[:1], BASE, clip_folder)
    with pytest.raises(Missing, match="'nobody/no-clip' is not on this machine"):
        measure(name, OTHER, BASE, "nobody/no-clip")
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    with pytest.raises(Missing):
        SET_METRICS.get(name).create({})(OTHER, BASE)


def test_senseless_options_are_refused():
    with pytest.raises(InputError, match="subset_size 2"):
        SET_METRICS.get("kid").create({"subset_size": 1})
