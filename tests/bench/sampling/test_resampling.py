import math

import pytest
import torch

from bench.sampling.resampling import SCHEMES, resample

WEIGHTS = torch.tensor([0.05, 0.4, 0.0, 0.25, 0.3], dtype=torch.float64)


def counts(scheme, times=4000):
    generator = torch.Generator().manual_seed(0)
    drawn = [resample(WEIGHTS.log(), scheme, generator) for _ in range(times)]
    return torch.stack([one.bincount(minlength=len(WEIGHTS)) for one in drawn]).double()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_offspring_are_as_many_as_the_weights_promise(scheme):
    found = counts(scheme)
    expected = len(WEIGHTS) * WEIGHTS
    error = found.std(0) / math.sqrt(len(found))
    assert (found.sum(1) == len(WEIGHTS)).all()
    assert ((found.mean(0) - expected).abs() <= 4 * error + 1e-9).all()


@pytest.mark.parametrize("scheme", ["systematic", "ssp"])
def test_offspring_are_the_expected_number_rounded_up_or_down(scheme):
    found, expected = counts(scheme), len(WEIGHTS) * WEIGHTS
    assert (found >= expected.floor()).all()
    assert (found <= expected.ceil()).all()


def test_systematic_and_ssp_vary_less_than_multinomial():
    spread = {scheme: float(counts(scheme).var(0).sum()) for scheme in SCHEMES}
    assert spread["multinomial"] == pytest.approx(float((5 * WEIGHTS * (1 - WEIGHTS)).sum()), rel=0.1)
    assert max(spread["systematic"], spread["ssp"]) < 0.6 * spread["multinomial"]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_equal_weights_keep_every_particle_where_rounding_decides_nothing(scheme):
    if scheme == "multinomial":
        return
    generator = torch.Generator().manual_seed(1)
    assert resample(torch.zeros(7), scheme, generator).tolist() == list(range(7))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_one_particle_takes_all(scheme):
    weights = torch.tensor([-math.inf, 3.0, -math.inf])
    assert resample(weights, scheme, torch.Generator().manual_seed(0)).tolist() == [1, 1, 1]


def test_weights_that_are_nothing_are_refused():
    with pytest.raises(FloatingPointError, match="not finite"):
        resample(torch.full((3,), -math.inf), "ssp", torch.Generator())
