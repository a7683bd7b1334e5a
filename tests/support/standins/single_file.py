"""Stable Diffusion in one file, named as the original code names its weights; the reverse of what diffusers reads.

For the stand-in's shape: one layer a block, two blocks. Names are those of CompVis' `ldm`: blocks of the U-Net counted
through (`input_blocks`, `output_blocks`), the autoencoder's decoder counted from the image.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from diffusers import StableDiffusionPipeline
from safetensors.torch import save_file
from torch import Tensor

LAYERS, BLOCKS = 1, 2
RESNET = {
    "norm1": "in_layers.0", "conv1": "in_layers.2", "time_emb_proj": "emb_layers.1",
    "norm2": "out_layers.0", "conv2": "out_layers.3", "conv_shortcut": "skip_connection",
}  # fmt: skip
UNET = {
    "time_embedding.linear_1": "time_embed.0", "time_embedding.linear_2": "time_embed.2", "conv_in": "input_blocks.0.0",
    "conv_norm_out": "out.0", "conv_out": "out.2",
}  # fmt: skip
ATTENTION = {"group_norm": "norm", "to_q": "q", "to_k": "k", "to_v": "v", "to_out.0": "proj_out"}
MIDDLE = {"resnets.0": "0", "attentions.0": "1", "resnets.1": "2"}


def single_file(pipeline: StableDiffusionPipeline) -> dict[str, Tensor]:
    """The weights by their original names."""
    text = {name.removeprefix("text_model."): one for name, one in pipeline.text_encoder.state_dict().items()}
    return {
        **{f"model.diffusion_model.{name}": one for name, one in _renamed(pipeline.unet.state_dict(), _unet)},
        **{f"first_stage_model.{name}": one for name, one in _renamed(pipeline.vae.state_dict(), _vae)},
        **{f"cond_stage_model.transformer.text_model.{name}": one.contiguous() for name, one in text.items()},
    }


def write_single_file(folder: Path, file: Path) -> Path:
    """Write the pipeline of a folder to one file."""
    save_file(single_file(StableDiffusionPipeline.from_pretrained(folder)), file)
    return file


def _renamed(weights: Mapping[str, Tensor], rename: Callable[[str], str]) -> Iterator[tuple[str, Tensor]]:
    for name, one in weights.items():
        new = rename(name)
        linear = new.startswith(("encoder.mid.attn", "decoder.mid.attn")) and one.dim() == 2
        yield new, (one[:, :, None, None] if linear else one).contiguous()  # convolutions of one pixel


def _unet(name: str) -> str:
    for ours, theirs in UNET.items():
        if name.startswith(f"{ours}."):
            return name.replace(ours, theirs, 1)
    if found := re.match(r"mid_block\.(\w+\.\d)\.(.+)", name):
        return f"middle_block.{MIDDLE[found[1]]}.{_resnet(found[2])}"
    side, block, kind, layer, rest = re.match(r"(down|up)_blocks\.(\d)\.(\w+)\.(\d)\.(.+)", name).groups()
    first = int(block) * (LAYERS + 1) + (side == "down")
    blocks = "input_blocks" if side == "down" else "output_blocks"
    if kind == "downsamplers":
        return f"{blocks}.{first + LAYERS}.0.{rest.replace('conv', 'op')}"
    if kind == "upsamplers":
        return f"{blocks}.{first + LAYERS}.1.{rest}"  # behind a block without attention
    return f"{blocks}.{first + int(layer)}.{int(kind == 'attentions')}.{_resnet(rest)}"


def _resnet(name: str) -> str:
    head, _, rest = name.partition(".")
    return f"{RESNET.get(head, head)}.{rest}"


def _vae(name: str) -> str:
    name = name.replace("conv_norm_out", "norm_out").replace("conv_shortcut", "nin_shortcut")
    name = re.sub(r"mid_block\.resnets\.(\d)", lambda found: f"mid.block_{int(found[1]) + 1}", name)
    if "mid_block.attentions.0." in name:
        head, _, rest = name.partition("mid_block.attentions.0.")
        ours = next(one for one in ATTENTION if rest.startswith(one))
        return f"{head}mid.attn_1.{rest.replace(ours, ATTENTION[ours], 1)}"
    name = re.sub(r"encoder\.down_blocks\.(\d)\.resnets", r"encoder.down.\1.block", name)
    name = re.sub(r"encoder\.down_blocks\.(\d)\.downsamplers\.0", r"encoder.down.\1.downsample", name)
    name = re.sub(r"decoder\.up_blocks\.(\d)\.resnets", lambda found: f"decoder.up.{_above(found[1])}.block", name)
    return re.sub(
        r"decoder\.up_blocks\.(\d)\.upsamplers\.0", lambda found: f"decoder.up.{_above(found[1])}.upsample", name
    )


def _above(block: str) -> int:
    return BLOCKS - 1 - int(block)
