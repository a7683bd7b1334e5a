"""`sd-turbo` and `sdxl-turbo`: distilled to one to four Euler steps without guidance.

Sauer et al. 2023, https://arxiv.org/abs/2311.17042.
"""

from dataclasses import dataclass

from bench.models.hub_model import HubModel
from bench.models.sdxl import SDXLWeights, StableDiffusionXL
from bench.models.size import Size
from bench.models.stable_diffusion import StableDiffusion
from bench.registry import option, register_model

_PAPER = "https://arxiv.org/abs/2311.17042"
_SCHEDULERS = ("euler", "euler-ancestral", "ddim")


class EulerStableDiffusion(StableDiffusion):
    """Stable Diffusion's parts, Euler's steps."""

    schedulers = _SCHEDULERS


class EulerStableDiffusionXL(StableDiffusionXL):
    """SDXL's parts, Euler's steps."""

    schedulers = _SCHEDULERS


@register_model("sd-turbo", licence="Stability AI Community License", weights="hub: stabilityai/sd-turbo", paper=_PAPER)
@dataclass(frozen=True, kw_only=True)
class SDTurbo(HubModel):
    """Stable Diffusion 2.1, distilled to one step; 512x512 images."""

    family, pipeline = EulerStableDiffusion, "StableDiffusionPipeline"
    unused = ("safety_checker", "feature_extractor")

    steps: int = option(1, source="as ReNO uses it")
    eta: float = option(0.0, source="the pipeline's scheduler, Euler; at one step no noise is injected anyway")
    size: Size = option(512, source="what the network was distilled for")
    weights: str = option(
        "stabilityai/sd-turbo@b261bac6fd2cf515557d5d0707481eafa0485ec2",
        source="the authors' own; or a folder in its layout",
    )


@register_model(
    "sdxl-turbo",
    licence="Stability AI Community License; autoencoder MIT",
    weights="hub: stabilityai/sdxl-turbo, madebyollin/sdxl-vae-fp16-fix",
    paper=_PAPER,
)
@dataclass(frozen=True, kw_only=True)
class SDXLTurbo(SDXLWeights):
    """SDXL, distilled to one step; 512x512 images."""

    family = EulerStableDiffusionXL

    steps: int = option(1, source="ReNO: arguments.py")
    eta: float = option(
        1.0, source="the pipeline's scheduler, Euler-ancestral; at one step no noise is injected anyway"
    )
    size: Size = option(512, source="what the network was distilled for")
    weights: str = option(
        "stabilityai/sdxl-turbo@71153311d3dbb46851df1931d3ca6e939de83304",
        source="the authors' own; or a folder in its layout",
    )
