"""The ring: data and sampler against closed forms, the committed weights against the data, a cell from end to end."""

from math import pi

import numpy as np
import pytest
import torch
from rich.console import Console
from scipy.stats import kstest

from bench.errors import InputError
from bench.models.ring import WEIGHTS, Ring
from bench.models.ring.data import distance_to_ring, sample_ring
from bench.models.ring.train import train
from bench.output.evidence import Evidence
from bench.output.plots import draw_all
from bench.problem import Prediction
from bench.problem.seeding import stream
from bench.registry import METRICS, REWARDS
from bench.run.campaign import run_suite
from bench.store.tables import read_tables
from bench.suite.suite import Suite
from tests.support.problems import make_problem

CPU = torch.device("cpu")


def test_data_is_uniform_in_angle_and_radius():
    points = sample_ring(5000, stream("data")).numpy()
    radius, angle = np.hypot(*points.T), np.arctan2(points[:, 1], points[:, 0])
    assert kstest(radius, "uniform", args=(0.8, 0.4)).pvalue > 0.01
    assert kstest(angle, "uniform", args=(-pi, 2 * pi)).pvalue > 0.01


def test_distance_to_the_ring_by_hand_and_by_search():
    points = torch.tensor([[0.0, 0.0], [0.5, 0.0], [0.0, -1.0], [0.9, 0.9], [3.0, 4.0]])
    by_hand = torch.tensor([0.8, 0.3, 0.0, 2**0.5 * 0.9 - 1.2, 3.8])
    torch.testing.assert_close(distance_to_ring(points), by_hand)
    nearest = torch.cdist(points, sample_ring(20_000, stream("search"))).min(dim=1).values
    torch.testing.assert_close(distance_to_ring(points), nearest, atol=0.02, rtol=0)


@pytest.mark.parametrize("eta", [0.0, 0.5, 1.0])
def test_a_step_keeps_the_marginal_of_the_forward_process(eta):
    """From exact x0 and eps, the next point must be N(sqrt(1 - s') x0, s') over eps and the injected noise."""
    model = Ring(eta=eta).load(CPU)
    eps, injected = torch.randn(2, 200_000, 2, generator=stream("step"))
    x0 = torch.tensor([[0.6, -0.8]]).expand_as(eps)
    level = model.sigmas[41] ** 2
    mean, std = model.transition(Prediction(eps, x0), 40)
    found = mean + std * injected
    torch.testing.assert_close(found.mean(0), (1 - level) ** 0.5 * x0[0], atol=0.01, rtol=0)
    torch.testing.assert_close(found.var(0), torch.full((2,), level), atol=0.01, rtol=0)


def test_at_eta_1_each_step_noises_the_predicted_point_anew():
    """The tutorial's sampler (dno.md 4.2): nothing of the predicted noise is left."""
    model = Ring().load(CPU)
    x0, injected = torch.randn(2, 5, 2, generator=stream("anew"))
    mean, std = model.transition(Prediction(torch.full((5, 2), 1e6), x0), 10)
    level = 1 - 1e-5 - 11 * (1 - 2e-5) / 100
    torch.testing.assert_close(mean + std * injected, (1 - level) ** 0.5 * x0 + level**0.5 * injected)


def test_gradient_through_the_sampler_equals_finite_differences():
    model = Ring(steps=8).load(CPU)
    model._denoiser.double()
    task = make_problem(model, "ring-waves", "ring")
    noise = task.draw_noise(3).double().requires_grad_()
    task.reward(task.generate(noise)).sum().backward()
    direction = torch.randn(noise.shape, dtype=torch.float64, generator=stream("direction"))
    ahead, behind = (
        task.reward(task.generate(noise.detach() + sign * 1e-6 * direction)).sum().item() for sign in (1, -1)
    )
    assert (noise.grad * direction).sum().item() == pytest.approx((ahead - behind) / 2e-6, rel=1e-5)


def test_committed_weights_draw_the_whole_ring():
    assert WEIGHTS.stat().st_size <= 1e6
    task = make_problem(Ring().load(CPU), "ring-waves", "ring")
    with torch.no_grad():
        points = task.generate(task.draw_noise(1000))
    assert (distance_to_ring(points) < 0.02).float().mean() > 0.99
    octants = torch.histc(torch.atan2(points[:, 1], points[:, 0]), bins=8, min=-pi, max=pi)
    assert octants.min() > 80
    truth = REWARDS.get("ring-waves").create({})(sample_ring(100_000, stream("truth")), [])
    # The difference of a mean of 1,000, whose standard error is 0.03, and of one of 100,000.
    assert task.reward(points).mean().item() == pytest.approx(truth.mean().item(), abs=0.1)


def test_training_learns_and_begins_from_its_seed(tmp_path):
    points, noise = sample_ring(2000, stream("held out")), torch.randn(2000, 2, generator=stream("noise"))

    def loss(denoiser):
        with torch.no_grad():
            return (denoiser(0.5**0.5 * (points + noise), torch.tensor([0.5])) - noise).square().sum(1).mean().item()

    short = train(tmp_path / "a.pt", 1, seed=0)
    assert loss(short) == loss(train(tmp_path / "b.pt", 1, seed=0)) != loss(train(tmp_path / "c.pt", 1, seed=1))
    # 2 would be the loss of always saying 0, which the average of the weights still remembers.
    assert loss(train(tmp_path / "d.pt", 1500, seed=0)) < 0.75 * loss(short)


def test_other_sampling_options_and_senseless_ones():
    model = Ring().load(CPU)
    fewer = model.with_sampling(steps=10)
    assert (fewer.steps, len(fewer.sigmas), model.steps) == (10, 11, 100)
    assert model.with_sampling(eta=0).eta == 0
    with pytest.raises(ValueError, match="guidance"):
        model.with_sampling(guidance=2)
    for options, message in (({"steps": 0}, r"steps must be in 1\.\.1000"), ({"eta": 2}, r"eta must be in \[0, 1\]")):
        with pytest.raises(InputError, match=message):
            Ring(**options)


def test_points_go_through_a_whole_run(tmp_path):
    """A sample that is no image: scored, measured, tabled and plotted, only without a picture."""

    suite = Suite.model_validate(
        {
            "name": "points",
            "models": {"ring": {"steps": 10}},
            "prompts": ["ring"],
            "rewards": ["ring-waves"],
            "methods": ["base", "dno"],
            "seeds": [0, 1],
            "budget": "20rewards",
            "metrics": ["support-distance", "noise-probability"],
        }
    )
    assert run_suite(suite, tmp_path / "run", [CPU], "off", Console(quiet=True)) == 0
    scores, curves = read_tables(tmp_path / "run")
    assert (scores["status"] == "ok").all()
    assert (scores["image"].fillna("") == "").all()
    assert scores["support-distance"].between(0, 3).all()
    assert curves["mean_reward"].notna().all()
    drawn = {path.name for path in draw_all(Evidence([tmp_path / "run"]), tmp_path / "plots").files}
    assert "curves-seconds.png" in drawn
    assert not any(name.startswith("contact") for name in drawn)


def test_support_distance_knows_points_and_refuses_what_it_does_not_know():
    metric = METRICS.get("support-distance").create({})
    found = metric(torch.tensor([[0.0, 0.0], [1.0, 0.0]]), ["ring"] * 2, torch.empty(2, 0))
    torch.testing.assert_close(found["support-distance"], torch.tensor([0.8, 0.0]))
    with pytest.raises(ValueError, match=r"no support is known for samples of shape \(3, 512, 512\)"):
        metric(torch.zeros(1, 3, 512, 512), ["cat"], torch.empty(1, 0))
