import pytest
import torch

from bench.errors import InputError
from bench.models.mixture.schedules import SCHEDULES
from bench.problem import seeded_problem
from bench.registry import MODELS, REWARDS

CPU = torch.device("cpu")


def loaded(**options):
    return MODELS.get("mixture").create(options).load(CPU)


def noise_of(model, n=4000):
    shape = (n, model.steps + 1, *model.latent_shape)
    return torch.randn(shape, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("eta", [0.0, 1.0])
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_samples_are_draws_of_the_mixture_on_every_schedule(schedule, eta):
    """All components are met equally often, and the spread within each is the mixture's, up to the steps taken."""
    model = loaded(schedule=schedule, eta=eta)
    problem = seeded_problem(model, REWARDS.get("quadratic").create({}), "", 0, model_name="mixture")
    samples = problem.generate(noise_of(model)).double()
    near = model.mixture.to(samples).responsibilities(samples)
    torch.testing.assert_close(near.mean(0), torch.full((9,), 1 / 9, dtype=torch.float64), atol=0.02, rtol=0)
    within = samples - model.mixture.means.double()[near.argmax(1)]
    torch.testing.assert_close(within.var(0), torch.full((2,), 0.3, dtype=torch.float64), atol=0.04, rtol=0)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_the_last_step_ends_at_what_it_predicts(schedule):
    model = loaded(schedule=schedule, steps=2)
    latent = noise_of(model, 5)[:, 0]
    prediction = model.predict(latent, 1, None)
    assert (model.alphas[-1], model.sigmas[-1]) == (1.0, 0.0)
    torch.testing.assert_close(model.transition(prediction, 1).mean, prediction.x0)
    assert model.sigmas[1] > 0


def test_fewer_steps_are_refused_wherever_they_are_asked_for():
    with pytest.raises(InputError, match="at least 2"):
        loaded(steps=10).with_sampling(steps=1)


def test_predictions_say_the_same_of_noise_and_point():
    model = loaded(preset="gmm-64", steps=10)
    latent = torch.randn(5, 64, generator=torch.Generator().manual_seed(0))
    for step in range(model.steps):
        eps, x0 = model.predict(latent, step, None)
        torch.testing.assert_close(model.alphas[step] * x0 + model.sigmas[step] * eps, latent, rtol=1e-4, atol=1e-4)


def test_means_of_ones_own():
    model = loaded(means=[[1.0, 0.0, 0.0], [0.0, 2.0, 0.0]], covariances=0.5, weights=[3.0, 1.0])
    assert model.latent_shape == (3,)
    assert model.mixture.weights.tolist() == [0.75, 0.25]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"preset": "das-gmm-3"}, "das-gmm-1"),
        ({"means": [[0.0, 1.0]]}, "need covariances"),
        ({"means": [[0.0, 1.0], [0.0]], "covariances": 1.0}, "no mixture"),
        ({"covariances": -1.0}, "not positive definite"),
        ({"weights": [1.0]}, "weights"),
        ({"weights": [0.0] * 9}, "positive"),
        ({"eta": 2.0}, "eta must be in"),
        ({"steps": 0}, "steps must be in"),
        ({"steps": 1}, "steps must be at least 2"),
        ({"steps": 1, "schedule": "euler"}, "steps must be at least 2"),
        ({"means": [[0.0, 1.0]], "covariances": [[[1.0, 0.9], [0.0, 1.0]]]}, "not symmetric"),
    ],
)
def test_what_makes_no_mixture_is_refused(options, why):
    with pytest.raises(InputError, match=why):
        MODELS.get("mixture").create(options)
