"""What each guided method adds to a step, against its formula written anew, and what it does to the reward."""

import math

import pytest
import torch

from bench.errors import InputError
from bench.models.emoji import Emoji
from bench.problem import Meter, seeded_problem
from bench.registry import METHODS, MODELS, REWARDS
from bench.sampling.guidance import promise
from bench.testing.gaussian import toy_problem
from bench.testing.pulling import offers_of

STEPS, COUNT = 6, 4
CURVATURES = torch.tensor([0.01, 1.0], dtype=torch.float64)
NAMES = ["tfg", "lgd", "dps", "universal-guidance", "freedom", "mpgd"]
ANYWHERE = {  # on models without classifier-free guidance too
    "freedom": {"relative_to": "noise"},
    "mpgd": {"relative_to": "noise", "scale": 0.5},
}
GENTLE = {  # the rewards' gradients are large here
    "tfg": {"rho": 0.2, "mu": 0.1},
    "lgd": {"rho": 0.2},
    "dps": {"floor": 1.0},  # this reward is 0 at its best
    "universal-guidance": {"scale": 1.0},
    "freedom": {"scale": 0.1},
}


def mixture(schedule="ddim", **options):
    return MODELS.get("mixture").create({"schedule": schedule, "steps": STEPS, **options})


def create(name, **options):
    return METHODS.get(name).create({**ANYWHERE.get(name, {}), **options})


def problem(schedule="ddim", **options):
    model = mixture(schedule, **options).load(torch.device("cpu"))
    return seeded_problem(model, REWARDS.get("quadratic").create({}), "", 0, model_name="mixture", method_name="test")


class Step:
    """All that the formulas have of a step, from the mixture's own posterior mean."""

    def __init__(self, schedule, index):
        self.problem, self.index = problem(schedule), index
        self.model = self.problem.sampler._model
        self.x = torch.randn(COUNT, 2, generator=torch.Generator().manual_seed(index), dtype=torch.float64)
        self.alpha, self.sigma = self.model.alphas[index], self.model.sigmas[index]
        self.after, self.sigma_after = self.model.alphas[index + 1], self.model.sigmas[index + 1]
        self.std = float(self.model.schedule.injected[index])
        x = self.x.requires_grad_()
        self.clean = mixture(schedule).distribution().posterior_mean(x, self.alpha, self.sigma)
        self.reward = reward(self.clean)
        (self.slope,) = torch.autograd.grad(self.reward.sum(), x, retain_graph=True)
        self.x, self.eps = x.detach(), ((x - self.alpha * self.clean) / self.sigma).detach()
        self._graph, self.clean, self.reward = (x, self.clean), self.clean.detach(), self.reward.detach()

    def slope_of(self, log_f):
        """The gradient of any function of the clean latent, with respect to the latent."""
        x, clean = self._graph
        return torch.autograd.grad(log_f(clean).sum(), x, retain_graph=True)[0]

    def of_mean_one(self, course):
        abar = torch.tensor(self.model.alphas, dtype=torch.float64).square()
        abar = abar / (abar + torch.tensor(self.model.sigmas, dtype=torch.float64).square())
        left = abar[:-1] / abar[1:]
        weights = {"increase": left, "decrease": 1 - left, "constant": torch.ones(STEPS)}[course]
        return float(weights[self.index] * STEPS / weights.sum())

    def pushed(self, name, *more, **options):
        prediction, push = create(name, **options).pushed(self.problem, self.x, self.index, *more)
        torch.testing.assert_close(prediction.x0, self.clean, rtol=1e-6, atol=1e-6)
        return push


def reward(clean):
    return -clean.square() @ CURVATURES


def slope(clean):
    return -2 * CURVATURES * clean


def rms(rows):
    return rows.square().mean(1, keepdim=True).sqrt()


def close(found, expected):
    torch.testing.assert_close(found, expected, rtol=1e-6, atol=1e-6)


@pytest.fixture(params=["ddim", "euler", "flow"])
def schedule(request):
    return request.param


@pytest.fixture(params=[1, 3, 4])
def step(request, schedule):
    return Step(schedule, request.param)


def test_tfg_without_softening(step):
    found = step.pushed("tfg", 0.5, rho=0.3, mu=0.2, mu_schedule="decrease", sigma=0.0, samples=1, iterations=3)
    rho, mu = 0.3 * step.of_mean_one("increase"), 0.2 * step.of_mean_one("decrease")
    moved = step.clean
    for _ in range(3):
        moved = moved + mu * slope(moved) / 0.5
    close(found, step.after / step.alpha * rho * step.slope / 0.5 + step.after * (moved - step.clean))


@pytest.mark.parametrize("course", ["decrease", "constant"])
def test_tfg_softens_with_one_set_of_draws_a_step(step, course):
    options = {"rho": 0.3, "rho_schedule": "constant", "sigma": 0.2, "sigma_schedule": course, "samples": 5}
    found = step.pushed("tfg", 1.0, mu=0.2, mu_schedule="constant", **options)
    generator = problem().generator  # as the method's stream begins
    share = step.sigma / math.hypot(step.alpha, step.sigma) if course == "decrease" else 1
    offsets = (0.2 * share * torch.randn(5, COUNT, 2, generator=generator)).double()

    def log_f(clean):
        return -(clean + offsets).square() @ CURVATURES

    rewards = log_f(step.clean)
    weights = rewards.softmax(0)[..., None]
    ascent = 0.2 * (weights * slope(step.clean + offsets)).sum(0)
    forward = 0.3 * step.slope_of(lambda clean: log_f(clean).exp().mean(0).log())
    close(found, step.after / step.alpha * forward + step.after * ascent)


def test_lgd(step):
    found = step.pushed("lgd", 1.0, rho=0.3, samples=5)
    share = step.sigma / math.hypot(step.alpha, step.sigma)
    offsets = (share * torch.randn(5, COUNT, 2, generator=problem().generator)).double()
    forward = step.slope_of(lambda clean: (-(clean + offsets).square() @ CURVATURES).exp().mean(0).log())
    close(found, step.after / step.alpha * 0.3 * forward)


def test_dps(step):
    close(
        step.pushed("dps", scale=0.3, floor=1e-12),
        step.after / step.alpha * 0.3 * step.slope / step.reward.abs()[:, None],
    )


def test_universal_guidance(step):
    found = step.pushed("universal-guidance", scale=0.4, backward_steps=2, backward_rate=0.1)
    moved = step.clean
    for _ in range(2):
        moved = moved + 0.1 * slope(moved)
    eps = step.eps - 0.4 * step.sigma * step.slope - step.alpha / step.sigma * (moved - step.clean)
    clean = (step.x - step.sigma * eps) / step.alpha
    kept = math.sqrt(step.sigma_after**2 - step.std**2)
    close(found, step.after * clean + kept * eps - (step.after * step.clean + kept * step.eps))


def test_freedom(step):
    found = step.pushed("freedom", scale=0.2, window=(0.0, 1.0), travel_window=(0.0, 1.0))
    close(found, 0.2 * rms(step.eps) * step.slope / rms(step.slope))


def test_mpgd(step):
    found = step.pushed("mpgd", scale=0.2, window=(0.0, 1.0))
    close(found, step.after * 0.2 * rms(step.eps) * slope(step.clean) / rms(slope(step.clean)))


def constant(rho=0.0, mu=0.0):
    courses = {"rho_schedule": "constant", "mu_schedule": "constant"}
    return {"rho": float(rho), "mu": float(mu), "sigma": 0.0, "samples": 1, **courses}


def test_the_others_are_cases_of_tfg(step):
    """With rho and mu chosen for the step and the sample, and no softening."""
    growth, kept = step.after / step.alpha, math.sqrt(step.sigma_after**2 - step.std**2)
    forward, backward = rms(step.eps) / rms(step.slope), rms(step.eps) / rms(slope(step.clean))
    whole = {"window": (0.0, 1.0)}
    dps, freedom = step.pushed("dps", floor=1e-12), step.pushed("freedom", travel_window=(0.0, 1.0), **whole)
    mpgd, universal = step.pushed("mpgd", **whole), step.pushed("universal-guidance")
    for n in range(COUNT):
        close(dps[n], step.pushed("tfg", 1.0, **constant(rho=1 / step.reward[n].abs()))[n])
        close(freedom[n], step.pushed("tfg", 1.0, **constant(rho=0.2 * forward[n] / growth))[n])
        close(mpgd[n], step.pushed("tfg", 1.0, **constant(mu=0.5 * backward[n]))[n])
    rho = 6 * step.sigma * (step.sigma - kept / growth)
    close(universal, step.pushed("tfg", 1.0, **constant(rho=rho)))


SLOPE, VARIANCE, MEAN = torch.tensor([1.5, -0.5], dtype=torch.float64), 0.3, torch.tensor([1.0, 2.0]).double()
LINEAR = {  # options, and the push from alpha' / alpha, alpha', sigma, what DDIM keeps of eps, the gain, eps and reward
    "tfg": (
        {"rho": 0.3, "rho_schedule": "constant", "mu": 0.2, "mu_schedule": "constant", "iterations": 2},
        lambda growth, after, sigma, kept, gain, eps, reward: (growth * 0.3 * gain + after * 2 * 0.2) * SLOPE,
    ),
    "lgd": ({"rho": 0.3}, lambda growth, after, sigma, kept, gain, eps, reward: growth * 0.3 * gain * SLOPE),
    "dps": (
        {"scale": 0.3, "floor": 1e-9},
        lambda growth, after, sigma, kept, gain, eps, reward: growth * 0.3 * gain * SLOPE / reward.abs()[:, None],
    ),
    "universal-guidance": (
        {"scale": 0.3},
        lambda growth, after, sigma, kept, gain, eps, reward: (growth * sigma - kept) * 0.3 * sigma * gain * SLOPE,
    ),
    "freedom": (
        {"scale": 0.3, "window": (0.0, 1.0)},
        lambda growth, after, sigma, kept, gain, eps, reward: 0.3 * rms(eps) * SLOPE / rms(SLOPE[None]),
    ),
    "mpgd": (
        {"scale": 0.3, "window": (0.0, 1.0)},
        lambda growth, after, sigma, kept, gain, eps, reward: after * 0.3 * rms(eps) * SLOPE / rms(SLOPE[None]),
    ),
}


@pytest.mark.parametrize("name", NAMES)
def test_under_one_gaussian_and_a_linear_reward_all_is_known(name, schedule):
    """The clean latent is MEAN + gain (x - alpha MEAN); softening a linear reward leaves its gradient alone."""
    model = mixture(schedule, means=[MEAN.tolist()], covariances=VARIANCE).load(torch.device("cpu"))
    linear = REWARDS.get("linear").create({"slope": tuple(SLOPE.tolist())})
    here = seeded_problem(model, linear, "", 0, model_name="mixture")
    options, formula = LINEAR[name]
    x = torch.randn(COUNT, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    for step in range(1, STEPS):
        alpha, sigma = model.alphas[step], model.sigmas[step]
        after, sigma_after = model.alphas[step + 1], model.sigmas[step + 1]
        gain = alpha * VARIANCE / (alpha**2 * VARIANCE + sigma**2)
        clean = MEAN + gain * (x - alpha * MEAN)
        kept = math.sqrt(sigma_after**2 - float(model.schedule.injected[step]) ** 2)
        expected = formula(after / alpha, after, sigma, kept, gain, (x - alpha * clean) / sigma, clean @ SLOPE)
        _, push = create(name, **options).pushed(here, x, step, *((1.0,) if name in {"tfg", "lgd"} else ()))
        close(push, expected.expand(COUNT, 2))


@pytest.mark.parametrize("name", NAMES)
def test_a_flows_first_step_has_no_signal_to_follow(name):
    """There a method moves the clean latent or nothing; no number overflows."""
    here = problem("flow")
    latent = torch.randn(COUNT, 2, generator=torch.Generator().manual_seed(0))
    more = (1.0,) if name in {"tfg", "lgd"} else ()
    _, push = create(name).pushed(here, latent, 0, *more)
    assert push is None or bool(push.isfinite().all())
    if name in {"lgd", "dps", "universal-guidance"}:
        torch.testing.assert_close(push, torch.zeros_like(latent), rtol=0, atol=1e-5)


def test_mpgd_never_differentiates_the_denoiser():
    meter = Meter()
    offers_of(create("mpgd").run(toy_problem(meter=meter)), 2)
    assert meter.backward_evals == 0
    offers_of(create("tfg", rho=0.0).run(toy_problem(meter=meter)), 2)
    assert meter.backward_evals == 0


@pytest.mark.parametrize("eta", [0.0, 1.0])
@pytest.mark.parametrize("name", NAMES)
def test_guidance_earns_more_than_the_sampler_alone(name, eta):
    """On a mixture, over 200 trajectories that begin alike."""
    method = create(name, batch_size=200, **GENTLE.get(name, {}))
    here = problem(steps=20, eta=eta)
    (found,) = offers_of(method.run(here), 1)
    again = problem(steps=20, eta=eta)
    base = again.reward(again.generate(again.draw_noise(200)))
    assert found.rewards.mean() > base.mean() + 0.5 * base.std() / math.sqrt(200)
    assert bool(found.rewards.isfinite().all())
    assert (found.noise is None) == (eta == 0)
    if found.noise is not None:
        torch.testing.assert_close(again.generate(found.noise), found.samples, rtol=1e-3, atol=1e-3)


def small(size):
    """A reward whose gradient is as small as that of a network in fp16 may be, or zero."""

    def score(samples, prompts):
        return size * samples.flatten(1).mean(1)

    return score


@pytest.mark.parametrize("size", [0.0, 1e-8, 1e-30, 1e-44])
@pytest.mark.parametrize("name", NAMES)
def test_small_numbers_turn_nothing_into_nan(name, size):
    for found in offers_of(create(name).run(toy_problem(reward=small(size))), 2):
        assert bool(found.samples.isfinite().all())
        assert bool(found.noise.isfinite().all())


@pytest.mark.parametrize("name", ["freedom", "mpgd"])
def test_a_relative_push_hangs_on_no_scale_of_the_reward(name):
    (one,), (other,) = (offers_of(create(name).run(toy_problem(reward=small(size))), 1) for size in (1.0, 1e-30))
    torch.testing.assert_close(one.samples, other.samples)


@pytest.mark.parametrize("name", NAMES)
def test_a_gradient_that_is_not_finite_is_told(name):
    def rooted(samples, prompts):  # the slope of a square root at 0
        return (0 * samples.flatten(1).sum(1)).sqrt()

    options = {"sigma": 0.0, "samples": 1} if name in {"tfg", "lgd"} else {}
    with pytest.raises(FloatingPointError, match="not finite"):
        offers_of(create(name, **options).run(toy_problem(reward=rooted)), 1)


def test_dps_bounds_what_it_divides_by():
    """A reward near 0, as darkness is of a grey image, counts as the floor."""
    here = toy_problem(reward=small(1e-6))
    latent = torch.randn(2, 3, 4, 4, generator=torch.Generator().manual_seed(0))
    found = promise(here, latent, 2)
    assert bool((found.rewards.abs() < 1e-4).all())
    _, push = create("dps", floor=0.5).pushed(here, latent, 2)
    growth = here.sampler.alphas[3] / here.sampler.alphas[2]
    torch.testing.assert_close(push, growth * found.gradient / 0.5)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("tfg", {"rho": -1.0}, "rho must be at least 0"),
        ("tfg", {"recurrences": 0}, "recurrences must be at least 1"),
        ("tfg", {"sigma": 0.0}, "samples must be 1, got 4"),
        ("tfg", {"temperature": 0.0}, "temperature must be positive"),
        ("tfg", {"rho_schedule": "up"}, "rho_schedule"),
        ("lgd", {"samples": 0}, "samples must be at least 1"),
        ("dps", {"floor": 0.0}, "floor must be positive"),
        ("dps", {"batch_size": 0}, "batch_size must be at least 1"),
        ("universal-guidance", {"backward_steps": -1}, "backward_steps must be at least 0"),
        ("universal-guidance", {"scale": 0.0}, "scale must be positive"),
        ("freedom", {"window": (0.7, 0.3)}, "window must be two ascending shares"),
        ("freedom", {"travel_window": (0.2, 0.7)}, "must lie in the window"),
        ("freedom", {"repeats": 0}, "repeats must be at least 1"),
        ("mpgd", {"scale": -1.0}, "scale must be positive"),
        ("mpgd", {"window": (0.5, 1.5)}, "window must be two ascending shares"),
    ],
)
def test_options_that_make_no_sense_are_refused(name, options, message):
    with pytest.raises(InputError, match=message):
        METHODS.get(name).create(options)


@pytest.mark.parametrize("name", ["freedom", "mpgd"])
def test_a_model_without_guidance_is_refused_unless_the_noise_is_the_measure(name):
    with pytest.raises(ValueError, match="relative_to: noise"):
        METHODS.get(name).create({}).check_model(Emoji(guidance=1.0))
    create(name).check_model(Emoji(guidance=1.0))


def test_the_temperature_may_be_measured():
    """As the standard deviation of the first rewards, after which it is TFG at this temperature."""
    *first, guided = offers_of(create("tfg", temperature="auto").run(problem()), 9)
    spread = float(torch.cat([one.rewards for one in first]).double().std())
    here = problem()
    here.draw_noise(8)
    (expected,) = offers_of(create("tfg", temperature=spread).run(here), 1)
    torch.testing.assert_close(guided.samples, expected.samples)
