"""`sd3-medium` and `flux-schnell`: transformers that predict a flow's velocity, sampled with Euler steps.

Esser et al. 2024, https://arxiv.org/abs/2403.03206. At eta > 0 each step injects noise and leaves the marginals alone:
an SDE with the flow's marginals, for methods that need noise at every step.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from bench.errors import InputError
from bench.models.hub_model import HubModel
from bench.models.latent import Condition, Config, LatentModel
from bench.models.latent_spec import GuidedSpec
from bench.models.schedule import Schedule
from bench.models.schedulers import flow_match
from bench.models.size import Size
from bench.registry import option, register_model


class StableDiffusion3(LatentModel):
    """Stable Diffusion 3: two CLIP text encoders and T5, guided; its pipeline puts zeros where T5 is left out."""

    denoiser = "transformer"
    schedulers = ("flow-match-euler",)

    @torch.no_grad()
    def encode(self, prompt: str) -> Condition:
        """States `(rows, tokens, width)` and pooled text `(rows, width)`."""
        text, negative, pooled, pooled_negative = self._pipeline.encode_prompt(
            prompt,
            None,
            None,
            device=self.device,
            do_classifier_free_guidance=self.guidable,
            negative_prompt=self.negative_prompt,
        )
        if self.guidable:
            text, pooled = torch.cat([negative, text]), torch.cat([pooled_negative, pooled])
        return {"encoder_hidden_states": text, "pooled_projections": pooled}

    @classmethod
    def make_schedule(cls, config: Config, options: Mapping[str, float], scheduler: str | None = None) -> Schedule:
        """Euler's steps of the flow."""
        from diffusers import FlowMatchEulerDiscreteScheduler

        euler = FlowMatchEulerDiscreteScheduler.from_config(config)
        euler.set_timesteps(int(options["steps"]))
        return flow_match(euler, options["eta"])

    def _denoise(self, latent: Tensor, timestep: Tensor, condition: Condition) -> Tensor:
        output: Tensor = self._network(latent, timestep=timestep.expand(len(latent)), **condition).sample
        return output


class Flux(LatentModel):
    """FLUX.1: one CLIP text encoder for the pooled prompt, T5 for its tokens; latents go as 2x2 patches.

    Without cuDNN's attention: with it, torch's first choice on Hopper since 2.11, the gradient of the full-size network
    ended in an illegal memory access. That it is the cause is likely, not shown (`python -m benchmarks.attention`).
    """

    denoiser = "transformer"
    schedulers = ("flow-match-euler",)
    cudnn_attention = False

    def _prepare(self) -> None:
        rows, columns = (side // 2 for side in self.latent_shape[-2:])
        make = self._pipeline._prepare_latent_image_ids
        self._positions: Tensor = make(1, rows, columns, self.device, self._dtype)

    @torch.no_grad()
    def encode(self, prompt: str) -> Condition:
        """States `(1, tokens, width)` and pooled text `(1, width)`."""
        states, pooled, _ = self._pipeline.encode_prompt(prompt, None, device=self.device, max_sequence_length=256)
        return {"encoder_hidden_states": states, "pooled_projections": pooled}

    @classmethod
    def make_schedule(cls, config: Config, options: Mapping[str, float], scheduler: str | None = None) -> Schedule:
        """Euler's steps of the flow, evenly spaced."""
        from diffusers import FlowMatchEulerDiscreteScheduler

        euler, steps = FlowMatchEulerDiscreteScheduler.from_config(config), int(options["steps"])
        euler.set_timesteps(sigmas=np.linspace(1, 1 / steps, steps))
        return flow_match(euler, options["eta"])

    @staticmethod
    def check_network(config: Config) -> None:
        """Refuse FLUX dev, which has the same pipeline."""
        if config.get("guidance_embeds"):
            raise InputError("this FLUX takes a guidance scale, as dev does, not schnell")

    def _denoise(self, latent: Tensor, timestep: Tensor, condition: Condition) -> Tensor:
        n, channels, height, width = latent.shape
        patches = self._pipeline._pack_latents(latent, n, channels, height, width)
        output = self._network(
            patches,
            timestep=(timestep / 1000).expand(n).to(latent.dtype),
            img_ids=self._positions,
            txt_ids=latent.new_zeros(condition["encoder_hidden_states"].shape[1], 3),
            **condition,
        ).sample
        factor = self._pipeline.vae_scale_factor
        velocity: Tensor = self._pipeline._unpack_latents(output, height * factor, width * factor, factor)
        return velocity


@register_model(
    "sd3-medium",
    licence="Stability AI Community License (ask for access on its page)",
    weights="hub: stabilityai/stable-diffusion-3-medium-diffusers",
    paper="https://arxiv.org/abs/2403.03206",
)
@dataclass(frozen=True, kw_only=True)
class SD3Medium(GuidedSpec, HubModel):
    """Stable Diffusion 3 medium, 1024x1024 images."""

    family, pipeline, flow = StableDiffusion3, "StableDiffusion3Pipeline", True

    steps: int = option(28, source="the pipeline's default in diffusers")
    guidance: float = option(7.0, source="the pipeline's default in diffusers")
    eta: float = option(0.0, source="the flow itself")
    size: Size = option(1024, source="what the network was trained on")
    weights: str = option(
        "stabilityai/stable-diffusion-3-medium-diffusers@ea42f8cef0f178587cf766dc8129abd379c90671",
        source="the authors' own; or a folder in its layout",
    )
    t5: bool = option(
        True, source="the authors' own; false: without the third text encoder, 4.7e9 parameters beside 2e9"
    )

    @property
    def left_out(self) -> tuple[str, ...]:
        """T5 and its tokenizer, unless they are wanted."""
        return () if self.t5 else ("text_encoder_3", "tokenizer_3")


@register_model(
    "flux-schnell",
    licence="Apache-2.0",
    weights="hub: black-forest-labs/FLUX.1-schnell",
    paper="https://huggingface.co/black-forest-labs/FLUX.1-schnell",
)
@dataclass(frozen=True, kw_only=True)
class FluxSchnell(HubModel):
    """FLUX.1 schnell, distilled to one to four steps; 512x512 images, as in the literature of noise optimisation."""

    family, pipeline, flow = Flux, "FluxPipeline", True

    steps: int = option(4, source="its model card")
    eta: float = option(0.0, source="the flow itself")
    size: Size = option(512, source="ReNO, ORIGEN and Psi-Sampler")
    weights: str = option(
        "black-forest-labs/FLUX.1-schnell@741f7c3ce8b383c54771c7003378a50191e9efe9",
        source="the authors' own; or a folder in its layout",
    )
