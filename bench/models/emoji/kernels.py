"""The denoiser on a CPU: the same weights and values in fewer and larger operators.

On grids of 4x4 and 2x2 pixels the network's time is what each of its operators costs whatever it computes, and, in
each convolution, the weights put into another order. `python -m benchmarks.emoji` measures what this module saves.
"""

import torch
import torch.nn.functional as F
from diffusers import UNet2DConditionModel
from diffusers.models.attention import Attention
from diffusers.models.transformers.transformer_2d import Transformer2DModel
from torch import Tensor, nn

_LARGEST = 2  # a matrix of so many times the kernel's numbers is still faster to apply than the convolution


@torch.no_grad()
def quicken(network: UNet2DConditionModel) -> None:
    """Replace, in place, the modules that have a faster equivalent for latents of the network's `sample_size`."""
    for name, convolution, inputs, outputs in _convolutions(network):
        pixels = inputs[1:].numel() * outputs[1:].numel()
        if pixels <= _LARGEST * convolution.weight[0, 0].numel():
            network.set_submodule(name, MatrixConvolution(convolution, inputs, outputs))
    for name, module in list(network.named_modules()):
        if isinstance(module, Transformer2DModel):
            network.set_submodule(name, TokenTransformer(module))


class MatrixConvolution(nn.Module):
    """A convolution of a grid so small that it is one matrix product.

    Args:
        convolution: is replaced.
        inputs: shape of one input, `(channels, height, width)`.
        outputs: shape of one output.
    """

    def __init__(self, convolution: nn.Conv2d, inputs: torch.Size, outputs: torch.Size) -> None:
        super().__init__()
        units = torch.eye(inputs.numel()).unflatten(1, inputs)
        images = F.conv2d(units, convolution.weight, None, convolution.stride, convolution.padding)
        assert convolution.bias is not None
        bias = convolution.bias.repeat_interleave(outputs[1:].numel())
        self.linear, self.outputs = _linear(images.flatten(1).T, bias), outputs

    def forward(self, images: Tensor) -> Tensor:
        """From `(n, *inputs)` to `(n, *outputs)`."""
        outputs: Tensor = self.linear(images.flatten(1)).unflatten(1, self.outputs)
        return outputs


class TokenTransformer(nn.Module):
    """A `Transformer2DModel` of one block between projections, without what its unused options cost."""

    def __init__(self, given: Transformer2DModel) -> None:
        super().__init__()
        (block,) = given.transformer_blocks
        self.norm, self.norms = given.norm, nn.ModuleList([block.norm1, block.norm2, block.norm3])
        self.enter, self.leave = (_linear(one.weight.flatten(1), one.bias) for one in (given.proj_in, given.proj_out))
        self.own, self.cross = TokenAttention(block.attn1), TokenAttention(block.attn2)
        self.widen, self.narrow = block.ff.net[0].proj, block.ff.net[2]

    def forward(self, images: Tensor, encoder_hidden_states: Tensor, **unused: None) -> tuple[Tensor]:
        """From `(n, channels, height, width)` and the prompts' `(n, words, width)` to the former's shape, in a tuple.

        `unused` is what the network hands every transformer, and is empty here: masks, class labels, extra arguments.
        """
        first, second, third = self.norms
        tokens = self.enter(self.norm(images).flatten(2).mT)
        own = first(tokens)
        tokens = tokens + self.own(own, own)
        tokens = tokens + self.cross(second(tokens), encoder_hidden_states)
        values, gates = self.widen(third(tokens)).chunk(2, dim=-1)
        tokens = tokens + self.narrow(values * F.gelu(gates))
        return (images + self.leave(tokens).mT.unflatten(2, images.shape[2:]),)


class TokenAttention(nn.Module):
    """Attention with one product for keys and values."""

    def __init__(self, given: Attention) -> None:
        super().__init__()
        self.heads, self.query, self.out = given.heads, given.to_q, given.to_out[0]
        self.key_value = _linear(torch.cat([given.to_k.weight, given.to_v.weight]), None)

    def forward(self, tokens: Tensor, states: Tensor) -> Tensor:
        """From tokens `(n, tokens, width)` that look at states `(n, words, width)` to the tokens' shape."""
        query = self.query(tokens).unflatten(-1, (self.heads, -1)).transpose(1, 2)
        key, value = self.key_value(states).unflatten(-1, (2, self.heads, -1)).permute(2, 0, 3, 1, 4)
        seen = F.scaled_dot_product_attention(query, key, value).transpose(1, 2).flatten(2)
        out: Tensor = self.out(seen)
        return out


def _linear(weight: Tensor, bias: Tensor | None) -> nn.Linear:
    linear: nn.Linear = nn.utils.skip_init(nn.Linear, weight.shape[1], weight.shape[0], bias=bias is not None)
    linear.weight.copy_(weight)
    if bias is not None:
        linear.bias.copy_(bias)
    return linear.requires_grad_(False)


def _convolutions(network: UNet2DConditionModel) -> list[tuple[str, nn.Conv2d, torch.Size, torch.Size]]:
    """Name, module, and shapes of one input and output of each convolution, as one prediction meets them."""
    found: list[tuple[str, nn.Conv2d, torch.Size, torch.Size]] = []
    hooks = [
        module.register_forward_hook(
            lambda module, given, output, name=name: found.append((name, module, given[0].shape[1:], output.shape[1:]))
        )
        for name, module in network.named_modules()
        if isinstance(module, nn.Conv2d)
    ]
    config = network.config
    latent = torch.zeros(1, config.in_channels, config.sample_size, config.sample_size)
    network(latent, torch.tensor(0), torch.zeros(1, 1, config.cross_attention_dim))
    for hook in hooks:
        hook.remove()
    return found
