"""The table of types to decode in, on the weights of `emoji`."""

import torch

from benchmarks import decode


def test_on_emoji_float16_is_unseen_and_float32_exact(monkeypatch):
    monkeypatch.setattr(decode, "LATENTS", 2)
    found = {row["type"]: row for row in decode.rows("emoji", torch.device("cpu"))}
    assert found["fp32"]["image_error"] == found["fp32"]["gradient_error"] == 0
    assert 0 < found["fp16"]["image_error"] < found["bf16"]["image_error"] / 4
    assert found["fp16"]["unseen"]
    assert found["fp16"]["steps_of_8_bits"] < 1
    assert all(row["decode_seconds"] > 0 for row in found.values())
