import pytest
import torch

from bench.problem import seeded_problem
from bench.registry import METHODS, MODELS, REWARDS

SLOPE, VARIANCE = (1.5, -0.5), 0.3
MODEL = {"means": [[0.0, 0.0]], "covariances": VARIANCE, "steps": 20}


def test_the_push_is_the_gradient_alone():
    """Under one Gaussian and a linear reward all is linear: the pushes add up, each carried on by the later steps."""
    model = MODELS.get("mixture").create(MODEL).load(torch.device("cpu"))
    problem = seeded_problem(model, REWARDS.get("linear").create({"slope": SLOPE}), "", 0, model_name="mixture")
    guided = METHODS.get("additive-guidance").create({"scale": 0.1, "batch_size": 3})
    found = next(one for one in guided.run(problem) if one is not None)
    base = problem.generate(seeded_problem(model, None, "", 0, model_name="mixture").draw_noise(3))
    pushed, slope = torch.zeros(2), torch.tensor(SLOPE)
    for step in range(20):
        alpha, sigma, std = model.alphas[step], model.sigmas[step], float(model.schedule.injected[step])
        gain = alpha * VARIANCE / (alpha**2 * VARIANCE + sigma**2)  # of the posterior mean
        kept = (model.sigmas[step + 1] ** 2 - std**2) ** 0.5 * (1 - alpha * gain) / sigma
        pushed = (model.alphas[step + 1] * gain + kept) * pushed + (0.1 * gain * slope if std > 0 else 0)
    torch.testing.assert_close(found.samples - base, pushed.expand(3, 2), rtol=1e-3, atol=1e-4)


def test_a_sampler_without_noise_is_refused():
    guided = METHODS.get("additive-guidance").create({})
    with pytest.raises(ValueError, match="give it eta > 0"):
        guided.check_model(MODELS.get("mixture").create({"eta": 0.0}))
