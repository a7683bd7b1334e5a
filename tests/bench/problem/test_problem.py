"""What a method is handed: shared noise, the whole sampler, metered rewards."""

import pytest
import torch

from bench.problem import MethodError, RewardError, seeded_problem
from bench.problem.seeding import draw_noise, stream
from bench.testing import GaussianModel, toy_problem


def test_noise_does_not_depend_on_how_it_is_drawn():
    at_once = toy_problem().draw_noise(4)
    problem = toy_problem()
    one_by_one = torch.cat([problem.draw_noise(1) for _ in range(4)])
    torch.testing.assert_close(at_once, one_by_one, rtol=0, atol=0)


def test_noise_is_shared_by_methods_and_differs_by_everything_else():
    torch.testing.assert_close(toy_problem(method="a").draw_noise(1), toy_problem(method="b").draw_noise(1))
    shape = (6, 3, 4, 4)
    first = draw_noise(0, "emoji", "cat", 0, shape)
    for other in [(1, "emoji", "cat", 0), (0, "ring", "cat", 0), (0, "emoji", "dog", 0), (0, "emoji", "cat", 1)]:
        assert not torch.equal(first, draw_noise(*other, shape))


@pytest.mark.parametrize("shape", [(2,), (3, 5), (4, 4, 4)])
def test_a_longer_noise_begins_with_a_shorter_one(shape):
    short, long = (draw_noise(0, "ring", "ring", 0, (steps, *shape)) for steps in (6, 102))
    assert torch.equal(long[:6], short)


def test_streams_are_the_same_in_every_process():
    """Figures of the stable hash itself: a change would silently change every published run."""
    assert stream("noise", 0, "emoji", "cat", 0).initial_seed() == 7149939908055255826


def test_generate_does_not_depend_on_the_batch():
    problem = toy_problem()
    noise = problem.draw_noise(5)
    torch.testing.assert_close(problem.generate(noise)[2:3], problem.generate(noise[2:3]))


def test_samples_follow_the_data_distribution():
    """The closed-form model checks the sampler: with many steps, samples have its mean and spread."""
    problem = toy_problem(model=GaussianModel(steps=500))
    samples = problem.generate(problem.draw_noise(200))
    assert samples.mean().item() == pytest.approx(0.5, abs=0.01)
    assert samples.std().item() == pytest.approx(0.2, rel=0.05)


def test_gradient_of_the_whole_sampler_equals_finite_differences():
    model = GaussianModel(steps=3)
    problem = toy_problem(model=model)
    noise = problem.draw_noise(1).double().requires_grad_()
    assert torch.autograd.gradcheck(problem.generate, (noise,), eps=1e-6, atol=1e-6)


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        (lambda samples: samples.flatten(1).mean(), r"gave \(\) float32 for 2 samples; expected \(2,\) float32"),
        (lambda samples: samples.flatten(1), r"gave \(2, 48\) float32"),
        (lambda samples: torch.ones(2, dtype=torch.int64), r"gave \(2,\) int64"),
        (lambda samples: [1.0, 2.0], "gave list"),
        (lambda samples: torch.tensor([1.0, float("nan")]), "not finite"),
    ],
)
def test_a_reward_that_breaks_its_contract_is_named(scores, message):
    problem = seeded_problem(
        GaussianModel(), lambda samples, _: scores(samples), "toy", 0, model_name="gaussian", reward_name="odd"
    )
    with pytest.raises(RewardError, match=message) as blamed:
        problem.reward(torch.zeros(2, 3, 4, 4))
    assert "reward 'odd'" in str(blamed.value)


def test_samples_that_are_not_finite_are_not_the_rewards_fault():
    with pytest.raises(MethodError, match="samples that are not finite"):
        toy_problem().reward(torch.full((1, 3, 4, 4), float("nan")))


class Encoding(GaussianModel):
    def encode(self, prompt):
        self.encoded = [*getattr(self, "encoded", []), prompt]


def test_other_sampling_options_do_not_encode_the_prompt_again():
    model = Encoding()
    problem = toy_problem(model=model)
    model.encode = None  # would raise from here on
    noise = problem.draw_noise(1)
    problem.with_sampling(guidance=3.0).generate(noise)
    problem.with_sampling(steps=10)
    assert model.encoded == ["toy"]
