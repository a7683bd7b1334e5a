"""Between the first latent and the sample, and back, nothing passes between host and device."""

import pytest
import torch

from bench.models.emoji import Emoji
from bench.problem import Meter, Sampler
from bench.sampling.edict import EDICT
from tests.support.standins.pipelines import STANDINS, make_sdxl
from tests.support.transfers import HostTransferError, no_transfers

META = torch.device("meta")
STEPS = 3


def on_meta(model):
    """The loaded model moved to the meta device, under a prompt that was encoded where it can be."""
    condition = {name: states.to(META) for name, states in model.encode("cat").items()}
    moved = type(model)(model._pipeline, META, model.options, 16 if model.latent_shape[-1] == 8 else 32)
    moved.recompute = model.recompute
    return Sampler(moved, condition, Meter())


def differentiate(sampler):
    noise = torch.zeros(2, STEPS + 1, *sampler.latent_shape, device=META, requires_grad=True)
    latent = sampler.start(noise[:, 0])
    for step in range(STEPS):
        latent = sampler.step(sampler.predict(latent, step), step, noise[:, step + 1])
    sampler.decode(latent).mean().backward()
    assert noise.grad.shape == noise.shape


@pytest.mark.parametrize(
    ("name", "recompute"),
    [*((name, "steps") for name in STANDINS), ("sd15", "none"), ("sd15", "blocks"), ("flux-schnell", "blocks")],
)
def test_nothing_is_copied_along_a_trajectory_and_its_gradient(name, recompute, load):
    options = {} if name == "lcm" else {"eta": 1.0}
    sampler = on_meta(load(name, steps=STEPS, recompute=recompute, **options))
    with no_transfers():
        differentiate(sampler)


def test_nothing_is_copied_along_a_trajectory_of_emoji():
    sampler = on_meta(Emoji(steps=STEPS).load(torch.device("cpu")))
    with no_transfers():
        differentiate(sampler)


def test_channel_statistics_of_an_autoencoder_lie_on_the_device(tmp_path, load):
    make_sdxl(vae={"latents_mean": [0.5, -1, 2, 0], "latents_std": [4, 2, 1, 3]}).save_pretrained(tmp_path)
    sampler = on_meta(load("sdxl", weights=str(tmp_path), steps=STEPS))
    with no_transfers():
        differentiate(sampler)


def test_nothing_is_copied_along_edict_and_its_gradient():
    sampler = on_meta(Emoji(steps=STEPS).load(torch.device("cpu")))
    edict = EDICT(lambda latent, step: sampler.predict(latent, step).eps, sampler.alphas, sampler.sigmas)
    start = torch.zeros(1, *sampler.latent_shape, device=META, requires_grad=True)
    with no_transfers():
        torch.cat(edict.sample(start, start)).sum().backward()
    assert start.grad.shape == start.shape


@pytest.mark.parametrize(
    "transfers",
    [
        lambda device: torch.tensor([1.0, 2.0], device="meta"),
        lambda device: device.new_tensor([1.0, 2.0]),
        lambda device: torch.ones(3).to("meta"),
        lambda device: device[[0, 2]],
        lambda device: device[torch.tensor([0, 2])],
        lambda device: device[device > 0],
        lambda device: device.nonzero(),
        lambda device: device.cpu(),
        lambda device: device.sum().item(),
        lambda device: bool(device.isfinite().all()),
        lambda device: device.clone().copy_(torch.ones(3)),
    ],
)
def test_every_way_to_copy_or_to_wait_is_seen(transfers):
    with no_transfers(), pytest.raises(HostTransferError):
        transfers(torch.zeros(3, device=META))


def test_numbers_of_the_host_are_no_copies():
    with no_transfers():
        (2.0 * torch.zeros(3, device=META) + float(torch.ones(3).sum()))[1].clamp_min(0)
