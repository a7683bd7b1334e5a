"""BLIP's image-grounded text encoder (Li et al. 2022, https://arxiv.org/abs/2201.12086) on transformers' classes.

Checkpoints of BLIP's authors name the vision tower as timm does and the text tower as BERT; the sizes of the latter
stand in a `med_config.json` beside them.
"""

import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from bench.scoring.preprocess import normalised, shortest_side_cropped

if TYPE_CHECKING:
    from transformers import BertTokenizer, BlipTextConfig, BlipVisionConfig

# The width of an attention head in BLIP's ViT-B and ViT-L; no tensor's shape tells it.
_HEAD = 64
_VISION_EPS = 1e-6  # of timm's ViT; transformers' default is 1e-5

_NAMES = {
    r"cls_token": "embeddings.class_embedding",
    r"pos_embed": "embeddings.position_embedding",
    r"patch_embed\.proj\.": "embeddings.patch_embedding.",
    r"norm\.": "post_layernorm.",
    r"blocks\.": "encoder.layers.",
}
_PARTS = {".norm": ".layer_norm", ".attn.qkv.": ".self_attn.qkv.", ".attn.proj.": ".self_attn.projection."}
_TEXT_OPTIONS = (
    *("vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads"),
    *("max_position_embeddings", "hidden_act", "layer_norm_eps", "pad_token_id"),
)


class Blip:
    """A frozen BLIP with its tokenizer.

    Args:
        state: the checkpoint's tensors, `visual_encoder.*` and `text_encoder.*` among them.
        text_options: the content of `med_config.json`.
        tokenizer: BERT's, uncased; BLIP's two tokens are added to it.
        device: where it runs, in float32.
        length: tokens that are read of a prompt.

    Raises:
        KeyError: a tensor or an option is missing; the message names it.
        RuntimeError: tensors and options do not fit together.
        ValueError: the tokenizer is another model's.
    """

    def __init__(
        self,
        state: Mapping[str, Tensor],
        text_options: Mapping[str, Any],
        tokenizer: "BertTokenizer",
        device: torch.device,
        length: int,
    ) -> None:
        from transformers import BlipTextModel, BlipVisionModel

        vision = {_vision_name(name): tensor for name, tensor in _under("visual_encoder.", state)}
        text = dict(_under("text_encoder.", state))
        self._vision = _loaded(BlipVisionModel, _vision_config(vision), vision).to(device)
        width = self._vision.config.hidden_size
        self._text = _loaded(BlipTextModel, _text_config(text_options, width), text, add_pooling_layer=False).to(device)
        # The numbers of the two follow BERT's own: 30522 and 30523 in BLIP's vocabulary.
        tokenizer.add_special_tokens({"bos_token": "[DEC]", "additional_special_tokens": ["[ENC]"]})
        if len(tokenizer) != (words := self._text.config.vocab_size):
            raise ValueError(f"the tokenizer has {len(tokenizer)} words, BLIP knows {words}: it is another model's")
        self._tokenizer, self._length = tokenizer, length
        self._tokens: dict[str, tuple[Tensor, Tensor]] = {}

    def features(self, images: Tensor, tokens: Tensor, mask: Tensor) -> Tensor:
        """What the text encoder holds at its first token after reading a prompt in view of an image: `(n, width)`.

        Args:
            images: `(n, 3, H, W)`, nominally in [0, 1] and clamped; shortest side resized (bicubic), centre cropped.
            tokens: numbers of the prompts' tokens, `(n, length)`.
            mask: what attention adds to its logits, `(n, 1, 1, length)`.
        """
        squares = shortest_side_cropped(images.clamp(0, 1), self._vision.config.image_size)
        seen = self._vision(normalised(squares)).last_hidden_state
        read = self._text(tokens, attention_mask=mask, encoder_hidden_states=seen)
        first: Tensor = read.last_hidden_state[:, 0]
        return first

    def tokenised(self, prompts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Tokens and mask of n prompts, on the device; what of one is too long is cut off, with a warning."""
        tokens, mask = (torch.cat(parts) for parts in zip(*map(self._tokenised, prompts), strict=True))
        return tokens, mask

    def _tokenised(self, prompt: str) -> tuple[Tensor, Tensor]:
        """Numbers `(1, length)`, and what attention adds to its logits, `(1, 1, 1, length)`; both on the device."""
        if prompt not in self._tokens:
            whole = len(self._tokenizer(prompt, verbose=False).input_ids)
            if whole > self._length:
                warnings.warn(f"{whole} tokens cut to {self._length}, all that BLIP reads: {prompt!r}", stacklevel=4)
            padded = self._tokenizer(prompt, padding="max_length", truncation=True, max_length=self._length)
            numbers, read = torch.tensor([padded.input_ids, padded.attention_mask], device=self._text.device)
            # As transformers would make of `read` at each call, which it waits for.
            added = (1.0 - read) * torch.finfo(torch.float32).min
            self._tokens[prompt] = numbers[None], added[None, None, None]
        return self._tokens[prompt]


def _under(prefix: str, state: Mapping[str, Tensor]) -> Iterator[tuple[str, Tensor]]:
    for name, tensor in state.items():
        if name.startswith(prefix):
            yield name.removeprefix(prefix), tensor


def _vision_name(name: str) -> str:
    for pattern, replacement in _NAMES.items():
        name = re.sub(f"^{pattern}", replacement, name)
    for part, replacement in _PARTS.items():
        name = name.replace(part, replacement)
    return name


def _loaded(kind: Any, config: Any, state: dict[str, Tensor], **options: Any) -> Any:  # noqa: ANN401
    from transformers.utils import logging

    logging.disable_progress_bar()
    model, report = kind.from_pretrained(
        None, config=config, state_dict=state, dtype=torch.float32, output_loading_info=True, **options
    )
    for name in sorted(report["missing_keys"]):
        raise KeyError(name)
    return model.eval().requires_grad_(False)


def _vision_config(state: Mapping[str, Tensor]) -> "BlipVisionConfig":
    from transformers import BlipVisionConfig

    width, _, patch, _ = state["embeddings.patch_embedding.weight"].shape
    side = round((state["embeddings.position_embedding"].shape[1] - 1) ** 0.5)
    return BlipVisionConfig(
        hidden_size=width,
        intermediate_size=len(state["encoder.layers.0.mlp.fc1.weight"]),
        num_hidden_layers=sum(name.endswith("mlp.fc1.weight") for name in state),
        num_attention_heads=width // _HEAD,
        image_size=side * patch,
        patch_size=patch,
        layer_norm_eps=_VISION_EPS,
    )


def _text_config(options: Mapping[str, Any], vision_width: int) -> "BlipTextConfig":
    from transformers import BlipTextConfig

    own = {name: options[name] for name in _TEXT_OPTIONS}
    # To transformers only a decoder attends to another tower; the mask is not causal all the same.
    return BlipTextConfig(**own, encoder_hidden_size=vision_width, is_decoder=True)
