"""What the rows that never move decide is computed once and not differentiated; the numbers stay."""

from itertools import islice, pairwise

import pytest
import torch

from bench.models.emoji import Emoji
from bench.models.ring import Ring
from bench.problem import Meter, seeded_problem
from bench.registry import METHODS, REWARDS
from bench.sampling.fixed_start import FixedStart
from bench.testing.gaussian import GaussianModel, toy_problem

MODELS = {"ring": (Ring(steps=6), "ring-waves"), "emoji": (Emoji(steps=6), "darkness")}
STEPS = 6


@pytest.mark.parametrize("rows", range(STEPS + 1))
def test_samples_and_gradients_are_those_of_the_whole_sampler(rows):
    problem = toy_problem(model=GaussianModel(steps=STEPS))
    drawn, other = problem.draw_noise(2), problem.draw_noise(4)
    noise = torch.cat([drawn[:, :rows].repeat(2, 1, 1, 1, 1), other[:, rows:]], dim=1).requires_grad_()
    start = FixedStart(problem, drawn, rows)
    for _ in range(2):  # the second time from what is kept
        samples, expected = start.generate(noise), problem.generate(noise)
        torch.testing.assert_close(samples, expected)
        found, whole = (torch.autograd.grad(one.square().sum(), noise)[0] for one in (samples, expected))
        torch.testing.assert_close(found[:, rows:], whole[:, rows:])
        assert not found[:, :rows].any()


class Whole(FixedStart):
    """Every trajectory from its beginning, differentiated all the way."""

    def generate(self, noise):
        return self._problem.generate(noise)


def climb(name, model, **options):
    spec, reward = MODELS[model]
    scorer, meter = REWARDS.get(reward).create({}), Meter()
    problem = seeded_problem(spec.load(torch.device("cpu")), scorer, "white duck", 0, model_name=model, meter=meter)
    method = METHODS.get(name).create({"learning_rate": 0.01, "last_steps": 2, **options})
    found, counts = [], []
    for one in islice(method.run(problem), 4):
        found.append(one.noise.clone())
        counts.append(meter.counts())
    return found, counts


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("name", ["dno", "dno-regularized", "dno-hybrid-2"])
def test_last_steps_climb_as_if_the_whole_trajectory_were_differentiated(name, model, monkeypatch):
    options = {"optimizer": "sgd", "learning_rate": 0.1} if name == "dno-hybrid-2" else {}
    found, _ = climb(name, model, **options)
    monkeypatch.setattr("bench.sampling.noise_ascent.FixedStart", Whole)
    expected, _ = climb(name, model, **options)
    assert not torch.equal(found[0], found[-1])
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(("name", "forward", "backward"), [("dno", 1, 1), ("dno-zo", 5, 0), ("dno-hybrid-2", 5, 1)])
def test_an_update_costs_the_steps_after_the_first_row_that_moves(name, forward, backward):
    """The last two rows move, the first of them after the fifth of six predictions: one is left to be made again."""
    _, counts = climb(name, "ring")
    evals = [(one["denoiser_evals"], one["backward_evals"]) for one in counts]
    assert evals[0] == (STEPS, 0)
    later = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(evals)]
    assert later == [(forward, backward)] * 3
