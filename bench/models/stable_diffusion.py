"""Stable Diffusion 1.x and everything with its parts: text encoder, U-Net, autoencoder, DDIM."""

from copy import copy
from pathlib import Path

import torch
from diffusers import DDIMScheduler, StableDiffusionPipeline
from diffusers.utils import logging
from torch import Tensor

from bench.errors import InputError
from bench.models.base import Prediction, changed_options
from bench.sampling.ddim import DDIMSchedule


class StableDiffusion:
    """A frozen Stable Diffusion pipeline, sampled with DDIM under classifier-free guidance.

    Args:
        path: a folder that `StableDiffusionPipeline.from_pretrained` can load.
        device: where it runs, in float32.
        steps: DDIM steps.
        guidance: classifier-free guidance scale (Ho & Salimans 2022, https://arxiv.org/abs/2207.12598).
        eta: 0 is deterministic DDIM; 1 injects the most noise.
        recompute: recompute activations in the backward pass.
    """

    evals_per_prediction = 2

    def __init__(
        self, path: Path, device: torch.device, steps: int, guidance: float, eta: float, recompute: bool
    ) -> None:
        logging.disable_progress_bar()
        pipeline = StableDiffusionPipeline.from_pretrained(
            path, dtype=torch.float32, safety_checker=None, requires_safety_checker=False
        )
        for part in (pipeline.text_encoder, pipeline.unet, pipeline.vae):
            part.to(device).eval().requires_grad_(False)
        size = pipeline.unet.config.sample_size
        self.latent_shape: tuple[int, ...] = (pipeline.unet.config.in_channels, size, size)
        self.device, self.recompute, self._pipeline = device, recompute, pipeline
        self._set_sampling(steps, guidance, eta)

    def _set_sampling(self, steps: int, guidance: float, eta: float) -> None:
        scheduler = DDIMScheduler.from_config(self._pipeline.scheduler.config)
        self.schedule = DDIMSchedule.from_scheduler(scheduler, steps, eta)
        self.alpha_bar = self.schedule.levels
        self.steps, self.guidance, self.eta = steps, guidance, eta

    def with_sampling(self, **options: float) -> "StableDiffusion":
        """The same pipeline under other `steps`, `guidance` or `eta`.

        Raises:
            ValueError: another option, or a value that makes no sense.
        """
        now = {"steps": self.steps, "guidance": self.guidance, "eta": self.eta}
        changed = changed_options(now, options)
        steps, guidance, eta = int(changed["steps"]), changed["guidance"], changed["eta"]
        check_sampling(steps, guidance, eta)
        other = copy(self)
        other._set_sampling(steps, guidance, eta)
        return other

    def encode(self, prompt: str) -> Tensor:
        """Hidden states of the empty prompt and of `prompt`, `(2, tokens, width)`."""
        with torch.no_grad():
            text, empty = self._pipeline.encode_prompt(
                prompt, self.device, num_images_per_prompt=1, do_classifier_free_guidance=True
            )
        return torch.cat([empty, text])

    @torch.no_grad()
    def encode_image(self, images: Tensor) -> Tensor:
        """Latents that decode to images `(n, 3, H, W)` in [0, 1], as nearly as the autoencoder can."""
        latents: Tensor = self._pipeline.vae.encode(images * 2 - 1).latent_dist.mean
        scale: float = self._pipeline.vae.config.scaling_factor
        return latents * scale

    def start(self, noise: Tensor) -> Tensor:
        """The noise itself: the first latent of a variance-preserving model."""
        return noise

    def predict(self, latent: Tensor, step: int, condition: Tensor) -> Prediction:
        """The guided prediction, `eps = eps_empty + guidance (eps_text - eps_empty)`."""
        states = condition.repeat_interleave(len(latent), dim=0)
        timestep = self.schedule.timesteps[step]
        empty, text = self._pipeline.unet(latent.repeat(2, 1, 1, 1), timestep, states).sample.chunk(2)
        eps = empty + self.guidance * (text - empty)
        return Prediction(eps, self.schedule.predict_x0(latent, step, eps))

    def step(self, latent: Tensor, step: int, prediction: Prediction, noise: Tensor) -> Tensor:
        """The DDIM step; `latent` is not needed, the prediction holds all that is left of it."""
        return self.schedule.step(prediction.x0, step, prediction.eps, noise)

    def decode(self, latent: Tensor) -> Tensor:
        """Images `(n, 3, H, W)`, nominally in [0, 1], not clamped."""
        image: Tensor = self._pipeline.vae.decode(latent / self._pipeline.vae.config.scaling_factor).sample
        return image / 2 + 0.5


def check_sampling(steps: int, guidance: float, eta: float) -> None:
    """Refuse sampling options that make no sense.

    Raises:
        InputError: with what is allowed.
    """
    if not 1 <= steps <= 500:
        raise InputError(f"steps must be in 1..500, got {steps}")
    if guidance < 0:
        raise InputError(f"guidance must be at least 0, got {guidance:g}")
    if not 0 <= eta <= 1:
        raise InputError(f"eta must be in [0, 1], got {eta:g}")
