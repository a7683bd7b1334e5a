"""Metrics: P(z) against the formulas by hand; the emoji judges are tested with their model."""

from math import exp, log

import pytest
import torch

from bench.errors import InputError
from bench.registry import METRICS

NOISE = torch.randn(2, 26, 16, 4, 4, generator=torch.Generator().manual_seed(0))


def probability(noise, **options):
    return METRICS.get("noise-probability").create(options)(
        torch.zeros(len(noise), 3, 32, 32), ["cat"] * len(noise), noise
    )


def test_columns_are_one_value_a_sample():
    columns = probability(NOISE)
    assert set(columns) == {
        "noise-probability", "noise-probability/log-p", "noise-probability/m1", "noise-probability/m2",
        "noise-probability/log-p1", "noise-probability/log-p2",
        "noise-probability/permuted-log-p1", "noise-probability/permuted-log-p2",
    }  # fmt: skip
    assert all(column.shape == (2,) for column in columns.values())


@pytest.mark.parametrize("k", [1, 4, 16])
@pytest.mark.parametrize("judged", ["all", "initial"])
def test_equals_the_bounds_by_hand_in_float64(k, judged):
    """M1, M2, p1 and p2 of the given order, written out with the library's spectral norm."""
    changed = NOISE[:1] * 0.8 + 0.1
    rows = (changed[:, :1] if judged == "initial" else changed).double().reshape(-1, k)
    m = len(rows)
    m1 = rows.mean(0).norm()
    m2 = torch.linalg.matrix_norm(rows.T @ rows / m - torch.eye(k, dtype=torch.float64), ord=2)
    log_p1 = min(0.0, log(2) - m * float(m1) ** 2 / (2 * k))
    log_p2 = min(0.0, log(2) - m / 2 * max((1 + float(m2)) ** 0.5 - 1 - (k / m) ** 0.5, 0) ** 2)
    columns = probability(changed, block_size=k, rows=judged)
    assert columns["noise-probability/m1"].item() == pytest.approx(m1.item(), rel=1e-4)
    assert columns["noise-probability/m2"].item() == pytest.approx(m2.item(), rel=1e-4)
    assert columns["noise-probability/log-p1"].item() == pytest.approx(log_p1, rel=1e-4, abs=1e-5)
    assert columns["noise-probability/log-p2"].item() == pytest.approx(log_p2, rel=1e-4, abs=1e-5)
    assert columns["noise-probability/log-p"].item() <= min(log_p1, log_p2) + 1e-5
    assert columns["noise-probability"].item() <= exp(min(log_p1, log_p2)) + 1e-5


def test_typical_noise_is_probable_and_shifted_or_shrunken_noise_is_not():
    assert (probability(NOISE)["noise-probability"] > 0.01).all()
    for changed in (NOISE + 0.2, NOISE * 0.7):
        assert (probability(changed)["noise-probability"] < 1e-6).all()


def test_noise_smaller_than_a_block_is_named():
    with pytest.raises(ValueError, match="the noise has 2 numbers, no whole block of 4"):
        probability(torch.zeros(1, 3, 2), rows="initial")


@pytest.mark.parametrize(
    ("option", "value"), [("block_size", 8), ("block_size", 0), ("permutations", 0), ("rows", "x")]
)
def test_senseless_options_are_refused(option, value):
    with pytest.raises(InputError, match=option):
        probability(NOISE, **{option: value})


def test_is_the_same_every_time():
    for one, other in zip(probability(NOISE).values(), probability(NOISE).values(), strict=True):
        assert torch.equal(one, other)


@pytest.mark.parametrize("name", METRICS.names())
def test_every_metric_is_documented(name):
    entry = METRICS.get(name)
    assert entry.summary
    assert entry.facts.paper
    assert entry.facts.higher_is_better in {True, False, None}
