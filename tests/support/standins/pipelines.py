"""Pipelines as the hub holds them, with small random weights: the real classes and configurations, shrunk."""

from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from diffusers import (
    AutoencoderKL,
    DDIMScheduler,
    DiffusionPipeline,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    FlowMatchEulerDiscreteScheduler,
    FluxPipeline,
    FluxTransformer2DModel,
    LatentConsistencyModelPipeline,
    LCMScheduler,
    SD3Transformer2DModel,
    StableDiffusion3Pipeline,
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from transformers import (
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    T5Config,
    T5EncoderModel,
)

from bench.testing.tokenizers import BETAS, make_t5_tokenizer, make_tokenizer

WIDTH, SIDE = 32, 8


def _text(cls: type, **changes: object) -> torch.nn.Module:
    sizes = {"hidden_size": WIDTH, "intermediate_size": 64, "num_hidden_layers": 3, "num_attention_heads": 2}
    special = {"vocab_size": len(make_tokenizer()), "projection_dim": WIDTH, "eos_token_id": 2, "bos_token_id": 0}
    return cls(CLIPTextConfig(**sizes, **special, **changes))


def _unet(**changes: object) -> UNet2DConditionModel:
    return UNet2DConditionModel(
        sample_size=SIDE, block_out_channels=(32, 64), layers_per_block=1, norm_num_groups=8,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        **{"cross_attention_dim": WIDTH, "attention_head_dim": 4, **changes},
    )  # fmt: skip


def _vae(**changes: object) -> AutoencoderKL:
    return AutoencoderKL(
        block_out_channels=(16, 32), down_block_types=("DownEncoderBlock2D",) * 2, norm_num_groups=8,
        up_block_types=("UpDecoderBlock2D",) * 2, **{"latent_channels": 4, **changes},
    )  # fmt: skip


def _t5(width: int) -> dict[str, object]:
    tokenizer = make_t5_tokenizer()
    config = T5Config(vocab_size=len(tokenizer), d_model=width, d_ff=64, d_kv=8, num_layers=1, num_heads=4)
    return {"text_encoder": T5EncoderModel(config), "tokenizer": tokenizer}


def make_sd(prediction: str = "epsilon", scheduler: type = DDIMScheduler, **options: object) -> StableDiffusionPipeline:
    """Stable Diffusion 1 or 2; the last step goes to the clean latent, where DNO's sampler and diffusers' agree."""
    ends = {"clip_sample": False, "set_alpha_to_one": True} if scheduler is DDIMScheduler else {}
    return StableDiffusionPipeline(
        unet=_unet(), vae=_vae(), text_encoder=_text(CLIPTextModel), tokenizer=make_tokenizer(),
        scheduler=scheduler(**BETAS, steps_offset=1, prediction_type=prediction, **ends, **options),
        safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    )  # fmt: skip


def make_sdxl(
    scheduler: type = DDIMScheduler, vae: Mapping[str, object] | None = None, **options: object
) -> StableDiffusionXLPipeline:
    """SDXL: two text encoders, pooled text and sizes in the U-Net; `vae` is what its autoencoder is told beside."""
    ends = {"clip_sample": False, "set_alpha_to_one": True} if scheduler is DDIMScheduler else {}
    added = {
        "addition_embed_type": "text_time", "addition_time_embed_dim": 8, "use_linear_projection": True,
        "projection_class_embeddings_input_dim": 6 * 8 + WIDTH, "cross_attention_dim": 2 * WIDTH,
        "transformer_layers_per_block": (1, 1),
    }  # fmt: skip
    return StableDiffusionXLPipeline(
        unet=_unet(**added), vae=_vae(scaling_factor=0.13025, **(vae or {})),
        text_encoder=_text(CLIPTextModel, hidden_act="quick_gelu"), tokenizer=make_tokenizer(),
        text_encoder_2=_text(CLIPTextModelWithProjection, hidden_act="gelu"), tokenizer_2=make_tokenizer(),
        scheduler=scheduler(**BETAS, steps_offset=1, **ends, **options),
    )  # fmt: skip


def make_lcm() -> LatentConsistencyModelPipeline:
    """A latent consistency model: the U-Net takes an embedding of the guidance scale."""
    return LatentConsistencyModelPipeline(
        unet=_unet(time_cond_proj_dim=16), vae=_vae(), text_encoder=_text(CLIPTextModel), tokenizer=make_tokenizer(),
        scheduler=LCMScheduler(**BETAS), safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    )  # fmt: skip


def make_sd3() -> StableDiffusion3Pipeline:
    """Stable Diffusion 3: two CLIP text encoders, T5, a transformer."""
    t5 = _t5(2 * WIDTH)
    transformer = SD3Transformer2DModel(
        sample_size=SIDE, patch_size=1, in_channels=4, out_channels=4, num_layers=2, attention_head_dim=8,
        num_attention_heads=4, joint_attention_dim=2 * WIDTH, caption_projection_dim=32,
        pooled_projection_dim=2 * WIDTH, pos_embed_max_size=2 * SIDE,
    )  # fmt: skip
    return StableDiffusion3Pipeline(
        transformer=transformer, vae=_vae(shift_factor=0.0609, scaling_factor=1.5305, use_quant_conv=False),
        text_encoder=_text(CLIPTextModelWithProjection), tokenizer=make_tokenizer(),
        text_encoder_2=_text(CLIPTextModelWithProjection), tokenizer_2=make_tokenizer(),
        text_encoder_3=t5["text_encoder"], tokenizer_3=t5["tokenizer"],
        scheduler=FlowMatchEulerDiscreteScheduler(shift=3.0),
    )  # fmt: skip


def make_flux(guidance_embeds: bool = False) -> FluxPipeline:
    """FLUX.1 schnell: no guidance, T5 for the tokens, CLIP for the pooled prompt; dev embeds a guidance scale."""
    t5 = _t5(WIDTH)
    transformer = FluxTransformer2DModel(
        patch_size=1, in_channels=16, num_layers=1, num_single_layers=1, attention_head_dim=16, num_attention_heads=2,
        joint_attention_dim=WIDTH, pooled_projection_dim=WIDTH, axes_dims_rope=(4, 4, 8),
        guidance_embeds=guidance_embeds,
    )  # fmt: skip
    return FluxPipeline(
        transformer=transformer, vae=_vae(shift_factor=0.1159, scaling_factor=0.3611, use_quant_conv=False),
        text_encoder=_text(CLIPTextModel), tokenizer=make_tokenizer(),
        text_encoder_2=t5["text_encoder"], tokenizer_2=t5["tokenizer"],
        scheduler=FlowMatchEulerDiscreteScheduler(shift=1.0),
    )  # fmt: skip


STANDINS: dict[str, Callable[[], DiffusionPipeline]] = {
    "sd15": make_sd,
    "sd21": lambda: make_sd("v_prediction"),
    "sdxl": make_sdxl,
    "sd-turbo": lambda: make_sd(scheduler=EulerDiscreteScheduler, timestep_spacing="trailing"),
    "sdxl-turbo": lambda: make_sdxl(EulerAncestralDiscreteScheduler, timestep_spacing="trailing"),
    "lcm": make_lcm,
    "sd3-medium": make_sd3,
    "flux-schnell": make_flux,
}
"""What stands in for each model of the hub."""


def write_pipeline(model: str, folder: Path, seed: int = 0) -> Path:
    """Save what stands in for `model` in the layout of the hub."""
    torch.manual_seed(seed)
    STANDINS[model]().save_pretrained(folder)
    return folder


def write_vae(folder: Path, seed: int = 0) -> Path:
    """Save an autoencoder by itself, as SDXL's fixed one is."""
    torch.manual_seed(seed)
    _vae(scaling_factor=0.13025).save_pretrained(folder)
    return folder
