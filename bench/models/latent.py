"""What all families of latent models share: a frozen diffusers pipeline, sampled step by step, differentiably."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from copy import copy
from functools import partial
from typing import Any, ClassVar, Literal, Self

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from bench.models.decoding import DecodeError, DecodePrecision, decode, in_precision
from bench.models.fit import Fit, fit, kept_bytes, memory_bytes
from bench.models.followed import schedule_of
from bench.models.precision import DTYPES, layout_of
from bench.models.replay import Function, Replay, Wanted, differentiated, make_replay, recomputed
from bench.models.sampling_options import MOST_STEPS, check_sampling
from bench.models.schedule import Schedule
from bench.models.size import Size, sides
from bench.problem import Meter, Prediction, Recompute, Sampler, Transition, changed_options
from bench.problem.seeding import draw_noise

Config = Mapping[str, Any]
"""What a part of a pipeline says of itself in its configuration file."""

Condition = dict[str, Tensor]
"""What a network is told beside latent and timestep; where a family can be guided, row 0 is the negative prompt's (the
empty one, unless a model says otherwise), the last row the prompt's."""

_FEW_STEPS = 8  # enough for a latent that looks like those to be decoded


class LatentModel(ABC):
    """A frozen pipeline under one set of sampling options.

    Predictions and decodes are replayed as graphs where there is a `replay`, and so are their gradients unless
    `recompute` is "none": replayed gradients recompute. What is not replayed runs eagerly.

    Noise, latents, schedule and samples are float32 whatever the networks' weights are.

    Args:
        pipeline: a diffusers pipeline, its parts in the types they are to run in.
        device: where it runs.
        sampling: steps, and guidance and eta where the family has them.
        size: pixels of the images, the side of a square or height and width.
        scheduler: of `schedulers`, the one whose steps are taken; by default the first.

    Attributes:
        options: the sampling options.
        negative_prompt: what guidance leads away from; None for the pipeline's own notion of no text.
        recompute: what a backward pass recomputes.
        chunk: how many samples the networks take at once; None for all.
        replay: replays predictions and decodes; shared by all models of the same weights. None: they run eagerly.
        decode_error: how far images are from those of float32; None where that was not measured.
    """

    denoiser = "unet"
    """What the pipeline calls its denoiser."""
    schedulers: ClassVar[tuple[str, ...]] = ("ddim", "euler", "euler-ancestral")
    """Those of `bench.models.followed` whose steps it can take, its own first."""
    most_steps = MOST_STEPS
    cudnn_attention = True
    """Whether torch may take cuDNN's attention: a switch of the process, where the model that is built last decides."""

    steps: int
    latent_shape: tuple[int, ...]
    schedule: Schedule

    def __init__(
        self,
        pipeline: Any,  # noqa: ANN401
        device: torch.device,
        sampling: dict[str, float],
        size: Size,
        scheduler: str | None = None,
    ) -> None:
        for part in pipeline.components.values():
            if isinstance(part, nn.Module):
                part.to(device, memory_format=layout_of(device))  # type: ignore[call-overload]
                part.eval().requires_grad_(False)
        torch.backends.cuda.enable_cudnn_sdp(self.cudnn_attention)
        self.device = device
        self.recompute: Recompute = "none"
        self.chunk: int | None = None
        self.replay: Replay | None = None
        self.decode_error: DecodeError | None = None
        self.negative_prompt: str | None = None
        self.scheduler = scheduler or self.schedulers[0]
        self._pipeline, self._network = pipeline, getattr(pipeline, self.denoiser)
        self._dtype = self._network.dtype
        height, width = (side // pipeline.vae_scale_factor for side in sides(size))
        self.latent_shape = (pipeline.vae.config.latent_channels, height, width)
        self._set_sampling(sampling)
        self._prepare()

    def _prepare(self) -> None:  # noqa: B027 - most families need nothing more
        """Keep what a family needs beside all this, made once: a captured graph may not make it on the host."""

    @abstractmethod
    def encode(self, prompt: str) -> Condition:
        """The conditioning for `prompt`, as the pipeline itself encodes it."""

    @classmethod
    def make_schedule(cls, config: Config, options: Mapping[str, float], scheduler: str | None = None) -> Schedule:
        """The schedule of a scheduler under sampling options.

        Args:
            config: of the pipeline's scheduler, whichever that is.
            options: the sampling options.
            scheduler: of `schedulers`, by default the first.

        Raises:
            InputError: the family cannot sample with it.
        """
        return schedule_of(scheduler or cls.schedulers[0], config, options)

    @staticmethod  # noqa: B027 - most families run whatever their pipeline has
    def check_network(config: Config) -> None:
        """Refuse a denoiser, by its configuration, that the family does not run as its pipeline does.

        Raises:
            InputError: what it needs.
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
        self.schedule = self.make_schedule(self._pipeline.scheduler.config, options, self.scheduler)
        self._timesteps = self.schedule.timesteps.to(self.device)  # once: each move would wait for the device
        self._guidance = torch.tensor(options.get("guidance", 1.0), dtype=torch.float32, device=self.device)
        self._told: Condition = {}  # what the network is told of the options, beside the timestep
        self.alphas, self.sigmas = tuple(self.schedule.alpha.tolist()), tuple(self.schedule.sigma.tolist())
        self.evals_per_prediction = 2 if self.guided else 1

    def start(self, noise: Tensor) -> Tensor:
        """The initial latent from row 0 of the noise."""
        return self.schedule.start(noise)

    def predict(self, latent: Tensor, step: int, condition: Condition) -> Prediction:
        """The prediction at `step`; guided, it is `empty + guidance (text - empty)` of the network's outputs."""
        name = "guided prediction" if self.guided else "prediction"
        return self.schedule.predict(latent, step, self._evaluated(name, self._output, latent, step, condition))

    def predict_with_correction(self, latent: Tensor, step: int, condition: Condition) -> tuple[Prediction, Tensor]:
        """The guided prediction, and how far its noise is from what the empty prompt predicts, without gradient.

        Raises:
            ValueError: predictions are not guided.
        """
        if not self.guided:
            raise ValueError("this model makes its predictions without classifier-free guidance")
        name = "guided and empty prediction"
        outputs = self._evaluated(name, self._output_and_empty, latent, step, condition)
        guided, empty = (self.schedule.predict(latent, step, one) for one in outputs)
        return guided, (guided.eps - empty.eps).detach()

    def _evaluated(self, name: str, function: Function, latent: Tensor, step: int, condition: Condition) -> Tensor:
        """`function` of the latent and of all that the network is told beside, run as it may be."""
        told = {**condition, **self._told}
        inputs = self._timesteps[step], self._guidance, *told.values()
        return self._run(name, partial(function, tuple(told)), latent, *inputs)

    def _output(
        self, told: tuple[str, ...], latent: Tensor, timestep: Tensor, guidance: Tensor, *rows: Tensor
    ) -> Tensor:
        """What the network says of `(n, *latent_shape)`, guided, float32; `told` names what it is told beside."""
        output = self._unguided(told, latent, timestep, rows)
        if self.guided:
            empty, text = output.chunk(2)
            output = empty + guidance * (text - empty)
        return output

    def _output_and_empty(
        self, told: tuple[str, ...], latent: Tensor, timestep: Tensor, guidance: Tensor, *rows: Tensor
    ) -> Tensor:
        """The guided output, and that of the empty prompt without gradient, `(2, n, *latent_shape)` float32."""
        empty, text = self._unguided(told, latent, timestep, rows).chunk(2)
        return torch.stack([empty + guidance * (text - empty), empty.detach()])

    def _unguided(self, told: tuple[str, ...], latent: Tensor, timestep: Tensor, rows: tuple[Tensor, ...]) -> Tensor:
        """What the network says, float32: of `(n, *latent_shape)` with the empty prompt first, where it is guided."""
        copies, n = self.evals_per_prediction, len(latent)
        condition = {name: one[-copies:].repeat_interleave(n, dim=0) for name, one in zip(told, rows, strict=True)}
        repeated = latent.to(self._dtype).repeat(copies, *[1] * (latent.dim() - 1))
        return self._denoise(repeated, timestep, condition).float()

    def _run(self, name: str, function: Function, variable: Tensor, *constants: Tensor) -> Tensor:
        """`function(variable, *constants)`, replayed where that can be; its gradient keeps no more than it may."""
        if self.recompute == "none" and (self.replay is None or differentiated(variable)):
            return function(variable, *constants)
        if self.replay is None:
            return recomputed(function, variable, *constants)
        return self.replay(name, function, variable, *constants, compilable=True)

    def transition(self, prediction: Prediction, step: int) -> Transition:
        """Mean `(n, *latent_shape)` and standard deviation of the next latent."""
        return self.schedule.transition(prediction, step)

    def decode(self, latent: Tensor) -> Tensor:
        """Images `(n, 3, H, W)`, nominally in [0, 1], not clamped."""
        return self._run("decode", self._decoded, latent)

    def _decoded(self, latent: Tensor) -> Tensor:
        return decode(self._pipeline.vae, self._unscaled(latent))

    def _unscaled(self, latent: Tensor) -> Tensor:
        """The latents as the autoencoder has them, of those that the denoiser has."""
        config = self._pipeline.vae.config
        unscaled: Tensor = latent / config.scaling_factor + (config.shift_factor or 0.0)
        return unscaled

    def decode_in(self, precision: DecodePrecision) -> None:
        """Let the autoencoder, now in float32, run in another type; `auto` leaves it as it is on a CPU."""
        if precision == "fp32" or (precision == "auto" and self.device.type == "cpu"):
            return
        vae, latent = self._pipeline.vae, self.typical_latents(1)
        self._pipeline.vae, self.decode_error = in_precision(vae, precision, latent)

    @torch.no_grad()
    def typical_latents(self, n: int) -> Tensor:
        """Ends of short trajectories under the empty prompt, as the autoencoder has them: `(n, *latent_shape)`."""
        sampler = Sampler(self.with_sampling(steps=min(self.steps, _FEW_STEPS)), self.encode(""), Meter())
        noise = draw_noise(0, "decode", "", 0, (sampler.steps + 1, n, *self.latent_shape)).to(self.device)
        latent = sampler.start(noise[0])
        for step in range(sampler.steps):
            latent = sampler.step(sampler.predict(latent, step), step, noise[step + 1])
        return self._unscaled(latent)

    def use_replay(self, wanted: Wanted) -> None:
        """Replay as far as the device can, and recompute in gradients, which is what replaying them does."""
        self.replay = make_replay(wanted, self.device)
        if self.replay is not None:
            self.recompute = "steps"

    def fit_into_memory(self, recompute: Recompute | Literal["auto"] = "auto", chunk: int | None = None) -> None:
        """Choose what a backward pass recomputes and how many samples go at once, where the caller leaves it open.

        The choice follows from the device and the model alone, so that a cell computes the same whatever ran before it.
        """
        measured = self._measured() if recompute == "auto" or chunk is None else Fit("none", 1)
        self.chunk = chunk or measured.chunk
        self.recompute = measured.recompute if recompute == "auto" else recompute
        if recompute == "auto" and self.recompute == "none" and self.replay is not None:
            self.recompute = "steps"  # running a step again as a graph takes less than launching it once
        if self.recompute == "blocks":
            self._network.enable_gradient_checkpointing(_recomputed_block)
            self._pipeline.vae.enable_gradient_checkpointing(_recomputed_block)

    @property
    def chosen(self) -> dict[str, str | int | float | None]:
        """What was chosen for this device.

        What is recomputed, samples at once (None: all), type of the weights, what is replayed ("off": nothing), type
        of the autoencoder's weights, and how far images and their gradients are from float32's (None: not measured).
        """
        names = {dtype: name for name, dtype in DTYPES.items()}
        image, gradient = self.decode_error or (None, None)
        return {
            "recompute": self.recompute,
            "chunk": self.chunk,
            "precision": names[self._dtype],
            "replay": self.replay.kind if self.replay is not None else "off",
            "decode": names[self._pipeline.vae.dtype],
            "decode_error": image,
            "decode_gradient_error": gradient,
        }

    def _measured(self) -> Fit:
        latent = torch.zeros(1, *self.latent_shape, device=self.device, requires_grad=True)
        modules = (self._network, self._pipeline.vae)
        weights = {one.untyped_storage().data_ptr() for module in modules for one in module.parameters()}
        condition = self.encode("")
        eager = copy(self)
        eager.replay, eager.recompute = None, "none"
        try:
            step = kept_bytes(lambda: eager.predict(latent, 0, condition), weights)
            decode = kept_bytes(lambda: eager.decode(latent), weights)
        except torch.OutOfMemoryError:
            return Fit("blocks", 1)
        return fit(step, decode, self.steps, memory_bytes(self.device) - self._weight_bytes())

    def _weight_bytes(self) -> int:
        modules = [part for part in self._pipeline.components.values() if isinstance(part, nn.Module)]
        return sum(one.nbytes for module in modules for one in module.parameters())


def _recomputed_block(block: nn.Module, *inputs: Any) -> Any:  # noqa: ANN401
    """As `recomputed`: the random state that checkpoints keep by default cannot be read while a graph is captured."""
    return checkpoint(block.__call__, *inputs, use_reentrant=False, preserve_rng_state=False)
