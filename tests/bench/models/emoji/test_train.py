"""Training: deterministic for a seed, and the same after an interruption."""

import pytest
import torch

from bench.models.emoji.train import autoencoder, classifier
from bench.models.emoji.train.loop import fit
from bench.problem.seeding import stream


def tiny_fit(state_file, steps, stop_after=None):
    torch.manual_seed(0)
    module = torch.nn.Linear(4, 1)
    average = torch.nn.Linear(4, 1)
    average.load_state_dict(module.state_dict())

    def loss_at(step):
        if step == stop_after:
            raise KeyboardInterrupt
        return module(torch.randn(8, 4, generator=stream("tiny", step))).square().mean()

    fit(module, loss_at, steps, 1e-2, state_file, average, 0.9)
    return module, average


def test_a_resumed_training_ends_in_the_same_weights(tmp_path, monkeypatch):
    monkeypatch.setattr("bench.models.emoji.train.loop.SAVE_EVERY", 10)
    whole = tiny_fit(tmp_path / "whole.pt", 40)
    with pytest.raises(KeyboardInterrupt):
        tiny_fit(tmp_path / "parts.pt", 40, stop_after=27)
    resumed = tiny_fit(tmp_path / "parts.pt", 40)
    for one, other in zip(whole, resumed, strict=True):
        assert torch.equal(one.weight, other.weight)
    assert not torch.equal(whole[0].weight, whole[1].weight)


def test_stages_are_deterministic(tmp_path):
    weights = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        classifier.train(tmp_path / name, 2, 0, torch.device("cpu"))
        weights.append((tmp_path / name / "classifier" / "model.safetensors").read_bytes())
    assert weights[0] == weights[1]


def test_decoder_training_leaves_the_encoder_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(autoencoder, "BATCH", 2)
    autoencoder.train(tmp_path, 1, 0, torch.device("cpu"))
    autoencoder.train_decoder(tmp_path, 2, 0, torch.device("cpu"))
    before, after = (autoencoder.AutoencoderKL.from_pretrained(tmp_path / name) for name in ("autoencoder", "decoder"))
    for one, other in zip(before.encoder.parameters(), after.encoder.parameters(), strict=True):
        assert torch.equal(one, other)
    assert not torch.equal(before.decoder.conv_in.weight, after.decoder.conv_in.weight)
