"""The hub's models at their full size with random weights: what memory and time depend on, without a download.

Sizes are those of the models' public configuration files; `PARAMETERS` are the published sizes of their denoisers, to
which the built ones are held.
"""

from collections.abc import Callable
from typing import Any

import torch
from diffusers import (
    AutoencoderKL,
    DDIMScheduler,
    EulerDiscreteScheduler,
    FlowMatchEulerDiscreteScheduler,
    FluxPipeline,
    FluxTransformer2DModel,
    SD3Transformer2DModel,
    StableDiffusion3Pipeline,
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, T5Config, T5EncoderModel

from bench.testing.tokenizers import BETAS, make_t5_tokenizer, make_tokenizer

PARAMETERS = {
    "sd15": 859_520_964,
    "sd21": 865_910_724,
    "sd-turbo": 865_910_724,
    "sdxl": 2_567_463_684,
    "sdxl-turbo": 2_567_463_684,
    "sd3-medium": 2_028_328_000,
    "flux-schnell": 11_891_178_560,
}


def _vae(channels: int = 4, **changes: object) -> AutoencoderKL:
    return AutoencoderKL(
        block_out_channels=(128, 256, 512, 512), layers_per_block=2, latent_channels=channels,
        down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4, **changes,
    )  # fmt: skip


def _text(width: int, layers: int, cls: type = CLIPTextModel) -> Any:  # noqa: ANN401
    heads = width // 64
    return cls(
        CLIPTextConfig(
            hidden_size=width, intermediate_size=4 * width, num_hidden_layers=layers, num_attention_heads=heads,
            projection_dim=width, vocab_size=49408,
        )
    )  # fmt: skip


def _t5() -> T5EncoderModel:
    return T5EncoderModel(T5Config(d_model=4096, d_ff=10240, d_kv=64, num_layers=24, num_heads=64, is_gated_act=True,
                                   feed_forward_proj="gated-gelu", vocab_size=32128))  # fmt: skip


def _sd(side: int, text: Any, scheduler: Any, **unet: object) -> StableDiffusionPipeline:  # noqa: ANN401
    return StableDiffusionPipeline(
        unet=UNet2DConditionModel(sample_size=side, **unet), vae=_vae(), text_encoder=text, tokenizer=make_tokenizer(),
        scheduler=scheduler, safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    )  # fmt: skip


def _sd2(side: int, scheduler: Any) -> StableDiffusionPipeline:  # noqa: ANN401
    heads = (5, 10, 20, 20)
    return _sd(side, _text(1024, 23), scheduler, cross_attention_dim=1024, attention_head_dim=heads,
               use_linear_projection=True)  # fmt: skip


def _sdxl(side: int, scheduler: Any) -> StableDiffusionXLPipeline:  # noqa: ANN401
    unet = UNet2DConditionModel(
        sample_size=side, block_out_channels=(320, 640, 1280), cross_attention_dim=2048,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"), attention_head_dim=(5, 10, 20),
        transformer_layers_per_block=(1, 2, 10), use_linear_projection=True, addition_embed_type="text_time",
        addition_time_embed_dim=256, projection_class_embeddings_input_dim=2816,
    )  # fmt: skip
    return StableDiffusionXLPipeline(
        unet=unet, vae=_vae(scaling_factor=0.13025), text_encoder=_text(768, 12), tokenizer=make_tokenizer(),
        text_encoder_2=_text(1280, 32, CLIPTextModelWithProjection), tokenizer_2=make_tokenizer(), scheduler=scheduler,
    )  # fmt: skip


def _sd3(scheduler: Any) -> StableDiffusion3Pipeline:  # noqa: ANN401
    transformer = SD3Transformer2DModel(
        sample_size=128, patch_size=2, in_channels=16, out_channels=16, num_layers=24, attention_head_dim=64,
        num_attention_heads=24, joint_attention_dim=4096, caption_projection_dim=1536, pooled_projection_dim=2048,
        pos_embed_max_size=192,
    )  # fmt: skip
    projected = CLIPTextModelWithProjection
    return StableDiffusion3Pipeline(
        transformer=transformer, vae=_vae(16, scaling_factor=1.5305, shift_factor=0.0609, use_quant_conv=False),
        text_encoder=_text(768, 12, projected), tokenizer=make_tokenizer(), text_encoder_2=_text(1280, 32, projected),
        tokenizer_2=make_tokenizer(), text_encoder_3=_t5(), tokenizer_3=make_t5_tokenizer(),
        scheduler=scheduler,
    )  # fmt: skip


def _flux(scheduler: Any) -> FluxPipeline:  # noqa: ANN401
    return FluxPipeline(
        transformer=FluxTransformer2DModel(), text_encoder=_text(768, 12), tokenizer=make_tokenizer(),
        vae=_vae(16, scaling_factor=0.3611, shift_factor=0.1159, use_quant_conv=False), text_encoder_2=_t5(),
        tokenizer_2=make_t5_tokenizer(), scheduler=scheduler,
    )  # fmt: skip


def _ddim(prediction: str = "epsilon") -> DDIMScheduler:
    return DDIMScheduler(**BETAS, clip_sample=False, set_alpha_to_one=False, steps_offset=1, prediction_type=prediction)


def _euler() -> EulerDiscreteScheduler:
    return EulerDiscreteScheduler(**BETAS, steps_offset=1, timestep_spacing="trailing")


def _flow(shift: float) -> FlowMatchEulerDiscreteScheduler:
    return FlowMatchEulerDiscreteScheduler(shift=shift)


Part = Callable[..., Any]
BUILDERS: dict[str, tuple[Part, Part]] = {
    "sd15": (_ddim, lambda scheduler: _sd(64, _text(768, 12), scheduler, cross_attention_dim=768)),
    "sd21": (lambda: _ddim("v_prediction"), lambda scheduler: _sd2(96, scheduler)),
    "sd-turbo": (_euler, lambda scheduler: _sd2(64, scheduler)),
    "sdxl": (_ddim, lambda scheduler: _sdxl(128, scheduler)),
    "sdxl-turbo": (_euler, lambda scheduler: _sdxl(64, scheduler)),
    "sd3-medium": (lambda: _flow(3.0), _sd3),
    "flux-schnell": (lambda: _flow(1.0), _flux),
}
"""For each model what makes its scheduler and, from that, its pipeline."""


def build(model: str, dtype: torch.dtype, device: torch.device) -> Any:  # noqa: ANN401 - each family has its own
    """The pipeline of `model` with random weights: networks in `dtype`, the autoencoder in float32."""
    torch.manual_seed(0)
    make_scheduler, make_pipeline = BUILDERS[model]
    scheduler = make_scheduler()  # its tables belong on the CPU
    torch.set_default_dtype(dtype)
    try:
        with device:
            pipeline = make_pipeline(scheduler)
    finally:
        torch.set_default_dtype(torch.float32)
    pipeline.vae.float()
    return pipeline
