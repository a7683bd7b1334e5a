from dataclasses import dataclass

import pytest
import torch
from torch import Tensor

from bench.problem import Candidates, Prediction
from bench.sampling import particles
from bench.sampling.particles import Particles, Population, effective_sample_size
from bench.testing.gaussian import mean_reward, toy_problem


@dataclass
class Remembering(Particles):
    memory: Tensor


def test_effective_sample_size():
    assert effective_sample_size(torch.zeros(8)) == pytest.approx(8)
    assert effective_sample_size(torch.tensor([0.0, -1000.0])) == pytest.approx(1)
    assert effective_sample_size(torch.tensor([0.5, 0.25, 0.25]).double().log() + 700) == pytest.approx(1 / 0.375)


def test_an_ancestor_brings_all_that_belongs_to_it_and_the_noise_to_come_stays(monkeypatch):
    monkeypatch.setattr(particles, "resample", lambda *_: torch.tensor([2, 2, 0]))
    some = Remembering(torch.arange(12.0).reshape(3, 4), torch.tensor([7.0, 8.0, 9.0]))
    some.prediction = Prediction(torch.tensor([[1.0], [2.0], [3.0]]), torch.tensor([[4.0], [5.0], [6.0]]))
    some.log_weights, some.paid = torch.tensor([0.1, 0.2, 0.3]), torch.tensor([10.0, 20.0, 30.0])
    some.resample(1, "ssp", torch.Generator())
    assert some.noise.tolist() == [[8, 9, 2, 3], [8, 9, 6, 7], [0, 1, 10, 11]]
    assert some.prediction.eps.tolist() == [[3], [3], [1]]
    assert some.prediction.x0.tolist() == [[6], [6], [4]]
    assert some.memory.tolist() == [9, 9, 7]
    assert some.paid.tolist() == [30, 30, 10]
    assert some.log_weights.tolist() == [0, 0, 0]


def test_at_the_end_the_reward_counts_in_place_of_what_was_paid_in_advance():
    problem = toy_problem()
    some = Particles(problem.draw_noise(3))
    some.log_weights, some.paid = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([0.5, 0.0, -1.0])
    latent = some.noise[:, -1]
    found = some.population(problem, latent, 0.5)
    assert torch.equal(found.candidates.rewards, mean_reward(latent, None))
    torch.testing.assert_close(found.log_weights, torch.tensor([0.5, 2.0, 4.0]) + found.candidates.rewards / 0.5)


def test_an_offer_logs_the_mean_under_the_weights():
    samples = torch.zeros(3, 2)
    found = Population(Candidates(samples, torch.tensor([1.0, 2.0, 7.0]), None), torch.tensor([3.0, 1.0, 0.0]).log())
    offer = found.offer()
    assert offer.info["weighted_reward"] == pytest.approx((3 * 1 + 1 * 2) / 4)
    assert offer.info["effective_particles"] == pytest.approx(16 / 10)
    assert offer.samples is samples
