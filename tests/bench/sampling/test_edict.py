"""EDICT against diffusers' DDIM step, its own inversion, plain back-propagation, and a count of what it stores."""

import pytest
import torch
from diffusers import DDIMScheduler
from torch.autograd.graph import saved_tensors_hooks

from bench.errors import InputError
from bench.sampling.edict import EDICT
from bench.testing.gaussian import GaussianModel


def gaussian_edict(steps=10, mixing=0.93):
    """On the Gaussian model's denoiser with a bend in it, so that nothing is linear by luck."""
    model = GaussianModel(steps=steps)
    bent = lambda latent, i: model.predict(latent, i, None).eps + 0.1 * latent.sin()  # noqa: E731
    return EDICT(bent, model.alphas, model.sigmas, mixing)


def pair(dtype=torch.float64):
    return torch.randn(2, 1, 3, 4, 4, dtype=dtype, generator=torch.Generator().manual_seed(0)).unbind()


def unrolled(edict, x, y):
    for i in range(edict.steps):
        x, y = edict.step(x, y, i)
    return x, y


def test_a_step_without_mixing_is_the_ddim_step_of_diffusers():
    scheduler = DDIMScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear",
        clip_sample=False, set_alpha_to_one=False, steps_offset=1,
    )  # fmt: skip
    scheduler.set_timesteps(5)
    eps = torch.randn(1, 3, 4, 4, generator=torch.Generator().manual_seed(1))
    model = GaussianModel(steps=5)
    edict = EDICT(lambda latent, i: eps, model.alphas, model.sigmas, mixing=1.0)
    x, y = pair(torch.float32)
    for i, t in enumerate(scheduler.timesteps):
        stepped = edict.step(x, y, i)
        torch.testing.assert_close(stepped[0], scheduler.step(eps, t, x).prev_sample)
        torch.testing.assert_close(stepped[1], scheduler.step(eps, t, y).prev_sample)


def test_a_step_without_signal_is_refused():
    with pytest.raises(InputError, match="EDICT cannot undo a step that begins without any signal"):
        EDICT(lambda latent, i: latent, alphas=(0.0, 0.5, 1.0), sigmas=(1.0, 0.8, 0.0))


def test_mixing_is_that_of_the_paper():
    """By hand at one step: each side is mixed with the other, the second with the already mixed first."""
    edict = EDICT(lambda latent, i: torch.zeros_like(latent), (0.5, 1.0), (0.75**0.5, 0.0), mixing=0.8)
    x, y = edict.step(torch.tensor([1.0]), torch.tensor([2.0]), 0)
    assert x.item() == pytest.approx(0.8 * 2 + 0.2 * 4)
    assert y.item() == pytest.approx(0.8 * 4 + 0.2 * x.item())


@pytest.mark.parametrize(("dtype", "bound"), [(torch.float64, 1e-10), (torch.float32, 1e-4)])
def test_inversion_returns_to_the_start(dtype, bound):
    edict, start = gaussian_edict(steps=50), pair(dtype)
    back = edict.invert(*edict.sample(*start))
    assert max((a - b).abs().max().item() for a, b in zip(start, back, strict=True)) <= bound


@pytest.mark.parametrize("mixing", [0.7, 0.93, 1.0])
def test_the_gradient_is_that_of_plain_backpropagation(mixing):
    edict = gaussian_edict(mixing=mixing)
    weights = pair()
    gradients = []
    for sample in (edict.sample, lambda x, y: unrolled(edict, x, y)):
        start = [one.clone().requires_grad_() for one in pair()]
        loss = sum((w * out.square()).sum() for w, out in zip(weights, sample(*start), strict=True))
        gradients.append(torch.autograd.grad(loss, start))
    for ours, plain in zip(*gradients, strict=True):
        torch.testing.assert_close(ours, plain, rtol=1e-8, atol=1e-10)


class Stored:
    """Counts the bytes that autograd holds at any moment."""

    def __init__(self):
        self.now = self.peak = 0

    def hooks(self):
        stored = self

        class Held:
            def __init__(self, tensor):
                self.tensor, self.bytes = tensor, tensor.numel() * tensor.element_size()
                stored.now += self.bytes
                stored.peak = max(stored.peak, stored.now)

            def __del__(self):
                stored.now -= self.bytes

        return saved_tensors_hooks(Held, lambda held: held.tensor)


def peak_of(steps, sample):
    edict, stored = gaussian_edict(steps), Stored()
    start = [one.clone().requires_grad_() for one in pair()]
    with stored.hooks():
        sum(out.sum() for out in sample(edict, *start)).backward()
    return stored.peak


def test_memory_does_not_grow_with_the_steps():
    invertible = [peak_of(steps, lambda edict, x, y: edict.sample(x, y)) for steps in (10, 50)]
    plain = [peak_of(steps, unrolled) for steps in (10, 50)]
    assert 0 < invertible[0] == invertible[1]
    assert plain[1] > 4 * plain[0] > 4 * invertible[0]
