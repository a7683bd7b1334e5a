"""What all families of latent models share: a frozen diffusers pipeline, sampled step by step, differentiably."""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from copy import copy
from typing import Any, Literal, Self

import torch
from torch import Tensor, nn

from bench.errors import InputError
from bench.models.fit import Fit, fit, kept_bytes, memory_bytes
from bench.models.schedule import Schedule
from bench.problem import Prediction, Recompute, Transition, changed_options

Config = Mapping[str, Any]
"""What a part of a pipeline says of itself in its configuration file."""

Condition = dict[str, Tensor]
"""What a network is told beside latent and timestep; where a family can be guided, row 0 is the empty prompt's, the
last row the prompt's."""

MOST_STEPS = 500

Precision = Literal["auto", "fp32", "bf16", "fp16"]
_DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


def dtype_of(precision: Precision, device: torch.device) -> torch.dtype:
    """The type of a network's weights; by default bfloat16 on a GPU, whose gradients cannot overflow."""
    if precision == "auto":
        return torch.bfloat16 if device.type == "cuda" else torch.float32
    return _DTYPES[precision]


def quieten() -> None:
    """No bars for what loads in a moment: they would tear the progress of the run."""
    import diffusers
    import transformers

    diffusers.utils.logging.disable_progress_bar()
    transformers.utils.logging.disable_progress_bar()


class LatentModel(ABC):
    """A frozen pipeline under one set of sampling options.

    Noise, latents, schedule and samples are float32 whatever the networks' weights are.

    Args:
        pipeline: a diffusers pipeline, its parts in the types they are to run in.
        device: where it runs.
        sampling: steps, and guidance and eta where the family has them.
        size: pixels a side of the images.

    Attributes:
        options: the sampling options.
        recompute: what a backward pass recomputes.
        chunk: how many samples the networks take at once; None for all.
    """

    denoiser = "unet"
    """What the pipeline calls its denoiser."""
    most_steps = MOST_STEPS

    steps: int
    latent_shape: tuple[int, ...]
    schedule: Schedule

    def __init__(
        self,
        pipeline: Any,  # noqa: ANN401
        device: torch.device,
        sampling: dict[str, float],
        size: int,
    ) -> None:
        for part in pipeline.components.values():
            if isinstance(part, nn.Module):
                part.to(device).eval().requires_grad_(False)
        self.device = device
        self.recompute: Recompute = "none"
        self.chunk: int | None = None
        self._pipeline, self._network = pipeline, getattr(pipeline, self.denoiser)
        self._dtype = self._network.dtype
        side = size // pipeline.vae_scale_factor
        self.latent_shape = (pipeline.vae.config.latent_channels, side, side)
        self._set_sampling(sampling)

    @abstractmethod
    def encode(self, prompt: str) -> Condition:
        """The conditioning for `prompt`, as the pipeline itself encodes it."""

    @staticmethod
    @abstractmethod
    def make_schedule(scheduler: Config, options: Mapping[str, float]) -> Schedule:
        """The schedule that a pipeline's scheduler, by its configuration, has under sampling options.

        Raises:
            InputError: the family cannot sample with it.
        """

    @abstractmethod
    def _denoise(self, latent: Tensor, timestep: Tensor, condition: Condition) -> Tensor:
        """The network's output for `(n, *latent_shape)` and conditions of n rows, all in the network's type."""

    @property
    def guidable(self) -> bool:
        """Whether the family can be guided away from the empty prompt."""
        return "guidance" in self.options

    @property
    def guided(self) -> bool:
        """Whether each prediction needs the empty prompt as well."""
        return self.guidable and self.options["guidance"] != 1

    def with_sampling(self, **options: float) -> Self:
        """The same weights under other sampling options.

        Raises:
            ValueError: another option, or a value that makes no sense.
        """
        other = copy(self)
        other._set_sampling(changed_options(self.options, options))
        return other

    def _set_sampling(self, options: dict[str, float]) -> None:
        check_sampling(options, self.most_steps)
        self.options, self.steps = options, int(options["steps"])
        self.schedule = self.make_schedule(self._pipeline.scheduler.config, options)
        self._timesteps = self.schedule.timesteps.to(self.device)  # once: each move would wait for the device
        self.alphas, self.sigmas = tuple(self.schedule.alpha.tolist()), tuple(self.schedule.sigma.tolist())
        self.evals_per_prediction = 2 if self.guided else 1

    def start(self, noise: Tensor) -> Tensor:
        """The initial latent from row 0 of the noise."""
        return self.schedule.start(noise)

    def predict(self, latent: Tensor, step: int, condition: Condition) -> Prediction:
        """The prediction at `step`; guided, it is `empty + guidance (text - empty)` of the network's outputs."""
        copies = self.evals_per_prediction
        rows = {name: states[-copies:].repeat_interleave(len(latent), dim=0) for name, states in condition.items()}
        repeated = latent.to(self._dtype).repeat(copies, *[1] * (latent.dim() - 1))
        output = self._denoise(repeated, self._timesteps[step], rows).float()
        if self.guided:
            empty, text = output.chunk(2)
            output = empty + self.options["guidance"] * (text - empty)
        return self.schedule.predict(latent, step, output)

    def transition(self, prediction: Prediction, step: int) -> Transition:
        """Mean `(n, *latent_shape)` and standard deviation of the next latent."""
        return self.schedule.transition(prediction, step)

    def decode(self, latent: Tensor) -> Tensor:
        """Images `(n, 3, H, W)`, nominally in [0, 1], not clamped."""
        vae = self._pipeline.vae
        image: Tensor = vae.decode(self._unscaled(latent).to(vae.dtype)).sample.float()
        return image / 2 + 0.5

    def _unscaled(self, latent: Tensor) -> Tensor:
        """The latents as the autoencoder has them, of those that the denoiser has."""
        config = self._pipeline.vae.config
        unscaled: Tensor = latent / config.scaling_factor + (config.shift_factor or 0.0)
        return unscaled

    def fit_into_memory(self, recompute: Recompute | Literal["auto"] = "auto", chunk: int | None = None) -> None:
        """Choose what a backward pass recomputes and how many samples go at once, where the caller leaves it open.

        The choice follows from the device and the model alone, so that a cell computes the same whatever ran before it.
        """
        measured = self._measured() if recompute == "auto" or chunk is None else Fit("none", 1)
        self.chunk = chunk or measured.chunk
        self.recompute = measured.recompute if recompute == "auto" else recompute
        if self.recompute == "blocks":
            self._network.enable_gradient_checkpointing()
            self._pipeline.vae.enable_gradient_checkpointing()

    @property
    def chosen(self) -> dict[str, str | int | None]:
        """What was chosen for this device: what is recomputed, samples at once (None: all), type of the weights."""
        names = {dtype: name for name, dtype in _DTYPES.items()}
        return {"recompute": self.recompute, "chunk": self.chunk, "precision": names[self._dtype]}

    def _measured(self) -> Fit:
        latent = torch.zeros(1, *self.latent_shape, device=self.device, requires_grad=True)
        modules = (self._network, self._pipeline.vae)
        weights = {one.untyped_storage().data_ptr() for module in modules for one in module.parameters()}
        condition = self.encode("")
        try:
            step = kept_bytes(lambda: self.predict(latent, 0, condition), weights)
            decode = kept_bytes(lambda: self.decode(latent), weights)
        except torch.OutOfMemoryError:
            return Fit("blocks", 1)
        return fit(step, decode, self.steps, memory_bytes(self.device) - self._weight_bytes())

    def _weight_bytes(self) -> int:
        modules = [part for part in self._pipeline.components.values() if isinstance(part, nn.Module)]
        return sum(one.nbytes for module in modules for one in module.parameters())


def check_sampling(options: dict[str, float], most_steps: int = MOST_STEPS) -> None:
    """Refuse sampling options that make no sense.

    Raises:
        InputError: with what is allowed.
    """
    if not 1 <= options["steps"] <= most_steps:
        raise InputError(f"steps must be in 1..{most_steps}, got {options['steps']}")
    if not 1 <= options.get("guidance", 1) < math.inf:
        raise InputError(f"guidance must be a number of at least 1, which is none, got {options['guidance']:g}")
    if not 0 <= options.get("eta", 0) <= 1:
        raise InputError(f"eta must be in [0, 1], got {options['eta']:g}")
