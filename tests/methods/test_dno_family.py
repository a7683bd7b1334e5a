"""The estimators of the gradient-free variants against exact gradients; nobody asks a black box for its gradient."""

from itertools import islice

import pytest
import torch

from bench.errors import InputError
from bench.problem import seeded_problem
from bench.registry import METHODS, MODELS, REWARDS
from bench.sampling.probability import regularizer
from bench.suite.compatibility import check_cell
from bench.testing.gaussian import GaussianModel, mean_reward, toy_problem
from tests.support.cells import make_emoji_cell

GRADIENT_FREE = ["dno-zo", "dno-hybrid-1", "dno-hybrid-2"]


def ascents(name, **options):
    """Two yields' noises of one sample; plain SGD at rate 1 unclipped, so that their difference is the gradient."""
    plain = {"optimizer": "sgd", "learning_rate": 1.0, "max_grad_norm": None}
    method = METHODS.get(name).create({**plain, **options})
    first, second = islice(method.run(toy_problem()), 2)
    return first.noise, second.noise - first.noise


def exact_gradient(noise):
    problem, noise = toy_problem(), noise.clone().requires_grad_()
    return torch.autograd.grad(mean_reward(problem.generate(noise), []).sum(), noise)[0]


def cosine(one, other):
    return torch.cosine_similarity(one.flatten(), other.flatten(), dim=0).item()


def test_dno_follows_the_exact_gradient():
    noise, step = ascents("dno")
    torch.testing.assert_close(step, exact_gradient(noise), rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("estimate", ["forward", "central"])
def test_zeroth_order_is_unbiased(estimate):
    """The reward is linear in the noise: the estimate's mean is the gradient, its error falls as sqrt(n / q)."""
    noise, step = ascents("dno-zo", perturbations=20_000, mu=0.1, estimate=estimate)
    exact = exact_gradient(noise)
    assert cosine(step, exact) > 0.98
    assert (step * exact).sum() / exact.square().sum() == pytest.approx(1, abs=0.05)


def test_hybrid_1_is_unbiased():
    noise, step = ascents("dno-hybrid-1", perturbations=20_000, mu=0.1)
    exact = exact_gradient(noise)
    assert cosine(step, exact) > 0.98
    assert (step * exact).sum() / exact.square().sum() == pytest.approx(1, abs=0.05)


def test_hybrid_2_is_its_formula():
    """Again from the formula, one perturbation after another, with the Jacobian of a finite difference."""
    q, mu = 3, 0.05
    noise, step = ascents("dno-hybrid-2", perturbations=q, mu=mu)
    problem = toy_problem()
    xi = torch.randn(q, *noise.shape, generator=problem.generator)
    x0 = problem.generate(noise)
    gradient = torch.zeros_like(x0)
    for one in xi:
        x = problem.generate(noise + mu * one)
        gradient += (mean_reward(x, []) - mean_reward(x0, [])) * (x - x0)
    gradient /= gradient.norm() + 1e-3
    probe = torch.randn(noise.shape, generator=torch.Generator().manual_seed(9))
    along = (
        problem.generate(noise + probe) - problem.generate(noise - probe)
    ) / 2  # the sampler is affine in the noise
    # Along a random direction the step has its own length, give or take.
    precision = 1e-3 * step.norm().item()
    assert (step * probe).sum().item() == pytest.approx((gradient * along).sum().item(), abs=precision)


def test_hybrid_2_points_uphill():
    noise, step = ascents("dno-hybrid-2", perturbations=20_000, mu=0.1)
    assert cosine(step, exact_gradient(noise)) > 0.9


class RaisesBackward(torch.autograd.Function):
    @staticmethod
    def forward(ctx, samples):
        return samples.flatten(1).mean(1)

    @staticmethod
    def backward(ctx, gradient):
        raise RuntimeError("asked for the reward's gradient")


@pytest.mark.parametrize("name", GRADIENT_FREE)
@pytest.mark.parametrize("optimize", ["all", "initial"])
def test_the_rewards_gradient_is_never_asked_for(name, optimize):
    problem = toy_problem(reward=lambda samples, prompts: RaisesBackward.apply(samples))
    method = METHODS.get(name).create({"optimize": optimize, "perturbations": 2})
    assert len(list(islice(method.run(problem), 4))) == 4


def test_a_reward_whose_gradient_raises_stops_dno():
    """The test above can fail: the reward does raise when asked."""
    problem = toy_problem(reward=lambda samples, prompts: RaisesBackward.apply(samples))
    with pytest.raises(RuntimeError, match="asked for the reward's gradient"):
        list(islice(METHODS.get("dno").create({}).run(problem), 2))


@pytest.mark.parametrize("name", ["dno", *GRADIENT_FREE])
def test_every_sample_of_a_batch_climbs(name):
    method = METHODS.get(name).create({"batch_size": 3, "learning_rate": 0.1})
    yields = [one.rewards for one in islice(method.run(toy_problem()), 12)]
    assert yields[0].shape == (3,)
    assert (yields[-1] > yields[0]).all()


def test_ode_is_the_sampler_without_injected_noise():
    ((first),) = islice(METHODS.get("dno-ode").create({}).run(toy_problem()), 1)
    still = toy_problem(model=GaussianModel(eta=0.0))
    torch.testing.assert_close(first.samples, still.generate(still.draw_noise(1)))


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("dno", {"last_steps": 11}, "last_steps must be in 1..10"),
        ("dno-zo", {"mu": 0.0}, "mu must be positive"),
        ("dno-hybrid-1", {"perturbations": 0}, "perturbations: must be a whole number of at least 1, or auto"),
        ("doodl", {"mixing": 0.5}, "mixing must be in (0.5, 1]"),
    ],
)
def test_bad_options_are_refused_before_anything_runs(name, options, message):
    cell = make_emoji_cell(name, options)
    with pytest.raises(InputError) as refused:
        check_cell(cell)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_gradient_method_on_a_black_box_names_those_that_would_do():
    cell = make_emoji_cell("doodl", {}, reward="jpeg-compressibility")
    with pytest.raises(InputError, match=r"methods that would do: .*dno-hybrid-2"):
        check_cell(cell)


def test_the_regulariser_makes_improbable_noise_probable_again():
    """On a reward that has no say; without it the noise stays as improbable as it was."""
    shifted = toy_problem(reward=lambda samples, _: 0 * samples.flatten(1).mean(1))
    drawn = shifted.draw_noise(1) + 1.0
    shifted.draw_noise = lambda n: drawn.clone()
    penalties = {}
    for name in ("dno", "dno-regularized"):
        options = {"learning_rate": 0.05, "weight_decay": 0.0}
        *_, last = islice(METHODS.get(name).create(options).run(shifted), 15)
        penalties[name] = regularizer(last.noise, 20, torch.Generator().manual_seed(0)).item()
    start = regularizer(drawn, 20, torch.Generator().manual_seed(0)).item()
    assert penalties["dno"] == pytest.approx(start)
    assert penalties["dno-regularized"] < 0.2 * start


def test_the_ode_needs_a_sampler_that_can_do_without_noise():
    check_cell(make_emoji_cell("dno-ode", {}, model="flux-schnell"))
    with pytest.raises(InputError, match="has no eta that could be 0"):
        check_cell(make_emoji_cell("dno-ode", {}, model="lcm"))


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("dno-ode", {}),
        ("dno", {"optimize": "initial"}),
        ("dno", {"last_steps": 1}),
        ("dno-regularized", {"block_size": 4**6}),
    ],
)
def test_gamma_refuses_noise_smaller_than_a_block_in_one_line(name, options):
    model = MODELS.get("ring").create({}).load(torch.device("cpu"))
    problem = seeded_problem(model, REWARDS.get("ring-waves").create({}), "ring", 0, model_name="ring")
    method = METHODS.get(name).create({"gamma": 0.5, **options})
    with pytest.raises(ValueError, match=r"^gamma needs at least block_size \(\d+\) free numbers, there are \d+$"):
        next(method.run(problem))


def test_a_block_is_a_power_of_4():
    with pytest.raises(InputError, match="block_size must be a power of 4"):
        METHODS.get("dno").create({"block_size": 3})
