"""DOODL's update by hand, its shell, its cut-outs."""

from itertools import islice

import pytest
import torch

from bench.errors import InputError
from bench.models.emoji import Emoji
from bench.models.lcm import LCM
from bench.models.ring import Ring
from bench.registry import METHODS
from bench.sampling.edict import EDICT
from bench.suite.compatibility import check_cell
from bench.testing.gaussian import GaussianModel, mean_reward, toy_problem
from tests.support.cells import make_emoji_cell
from tests.support.problems import make_problem


def run(count, problem=None, **options):
    method = METHODS.get("doodl").create({"perturbation": 0.0, "steps": 5, **options})
    return list(islice(method.run(problem or toy_problem()), count))


def latents(yields):
    return [one.noise[0, 0] for one in yields]


def gradient_at(z):
    """Through the unrolled pair, by plain back-propagation."""
    model, z = GaussianModel(steps=5), z[None].clone().requires_grad_()
    edict = EDICT(lambda latent, i: model.predict(latent, i, None).eps, model.alphas, model.sigmas)
    x, y = z, z
    for i in range(edict.steps):
        x, y = edict.step(x, y, i)
    return torch.autograd.grad(mean_reward(torch.cat([x, y]), []).mean(), z)[0][0]


def test_the_update_is_clip_momentum_shell():
    z0, z1, z2 = latents(run(3, scale=50.0))
    velocity = gradient_at(z0).clamp(-1e-3, 1e-3)
    moved = z0 + 50 * velocity
    torch.testing.assert_close(z1, moved * z0.norm() / moved.norm())
    velocity = 0.9 * velocity + gradient_at(z1).clamp(-1e-3, 1e-3)
    moved = z1 + 50 * velocity
    torch.testing.assert_close(z2, moved * z0.norm() / moved.norm())


def test_the_latent_stays_on_its_shell_but_for_the_perturbation():
    still, shaken = latents(run(4, scale=100.0)), latents(run(4, scale=100.0, perturbation=0.1))
    torch.testing.assert_close(still[-1].norm(), still[0].norm())
    spread = (shaken[1] - still[1]).std().item()
    assert spread == pytest.approx(0.1, rel=0.3)


def test_both_images_are_offered_and_climb():
    yields = run(6, scale=200.0)
    assert yields[0].samples.shape == (2, 3, 4, 4)
    assert yields[-1].rewards.mean() > yields[0].rewards.mean()


def test_cutouts_steer_but_do_not_score():
    """A reward of the top left corner: whole-image rewards are reported, cut-outs of it change the path."""
    seen = []

    def reward(samples, prompts):
        seen.append(tuple(samples.shape))
        return samples[:, :, 0, 0].mean(1)

    whole = run(3, toy_problem(reward=reward), scale=100.0)
    cut = run(3, toy_problem(reward=reward), scale=100.0, cutouts=4)
    assert set(seen) == {(2, 3, 4, 4)}
    for one in cut:
        torch.testing.assert_close(one.rewards, one.samples[:, :, 0, 0].mean(1))
    assert not torch.equal(whole[-1].noise, cut[-1].noise)


@pytest.mark.parametrize(("option", "value"), [("mixing", 0.5), ("mixing", 1.1), ("steps", 0), ("clip", 0)])
def test_senseless_options_are_refused(option, value):
    with pytest.raises(InputError, match=option):
        METHODS.get("doodl").create({option: value})


def test_a_flow_is_refused():
    with pytest.raises(InputError, match="EDICT needs some signal in the initial latent"):
        check_cell(make_emoji_cell("doodl", {}, model="flux-schnell"))


def test_guidance_needs_a_model_that_has_it():
    method = METHODS.get("doodl").create({"guidance": 2})
    method.check_model(Emoji())
    with pytest.raises(ValueError, match="no classifier-free guidance"):
        method.check_model(Ring())


def test_more_steps_than_the_model_can_take_are_refused():
    method = METHODS.get("doodl").create({"steps": 51})
    method.check_model(Emoji())
    with pytest.raises(ValueError, match="EDICT takes 51 steps, the model at most 50"):
        method.check_model(LCM())


def test_with_the_steps_of_the_paper_edict_draws_what_ddim_draws():
    """The pair drifts apart where steps are few or guidance is strong: 50 steps at guidance 2 are enough here."""
    model = Emoji(eta=0.0, steps=50, guidance=2.0).load(torch.device("cpu"))
    problem = make_problem(model, "darkness", "white duck")
    noise = problem.draw_noise(1)
    with torch.no_grad():
        ddim = problem.generate(noise)
    edict = next(METHODS.get("doodl").create({"guidance": 2}).run(make_problem(model, "darkness", "white duck")))
    assert (edict.samples.clamp(0, 1) - ddim.clamp(0, 1)).square().mean().sqrt() < 0.1
