"""What a GPU does, on a CPU: known answers of Philox, moments, rounding; and the losses that the notebooks print."""

import numpy as np
import pytest
import torch

from bench.models.das_toy.cuda import CudaStream, Tf32Linear, philox, tf32
from bench.models.das_toy.train import train

# Random123's known answers for philox4x32-10: counter, key, words.
ANSWERS = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("counter", "key", "words"), ANSWERS)
def test_philox_gives_its_known_answers(counter, key, words):
    found = philox(tuple(np.array([word], dtype=np.uint64) for word in counter), key)
    assert tuple(int(word[0]) for word in found) == words


@pytest.mark.parametrize(("name", "printed"), [("gmm-1", 1.037307620048523), ("gmm-2", 1.0308789014816284)])
def test_the_first_loss_is_the_one_that_the_notebook_prints(name, printed):
    """Points, network, timesteps, noise and rounding at once: another seed is off by 3e-3, float32 by 7e-6."""
    losses = []
    train(name, 1, watch=lambda epoch, loss: losses.append(loss))
    assert losses == [pytest.approx(printed, abs=5e-7)]


def test_launches_differ_and_have_the_moments_of_their_distributions():
    stream = CudaStream(3)
    first, second = stream.normal(50_000), stream.normal(50_000)
    assert abs(float((first * second).mean())) < 0.02
    assert float(first.mean()) == pytest.approx(0, abs=0.02)
    assert float(first.std()) == pytest.approx(1, abs=0.01)
    whole = stream.integers(10, 50_000)
    assert whole.bincount().tolist() == pytest.approx([5000] * 10, rel=0.06)


def test_tf32_keeps_ten_bits_of_the_mantissa():
    numbers = torch.tensor([1.0, 1 + 2**-10, 1 + 2**-11, -1 - 2**-11, 1 + 2**-12, 3.0e-5])
    rounded = tf32(numbers)
    assert rounded[:5].tolist() == [1.0, 1 + 2**-10, 1 + 2**-10, -1 - 2**-10, 1.0]
    assert abs(float(rounded[5] / numbers[5]) - 1) <= 2**-11


def test_a_layer_in_tf32_rounds_its_factors_forwards_and_backwards():
    generator = torch.Generator().manual_seed(0)
    layer, x = Tf32Linear(8, 4), torch.randn(5, 8, generator=generator, requires_grad=True)
    gradient = torch.randn(5, 4, generator=generator)
    found = layer(x)
    found.backward(gradient)
    exact = tf32(x.detach()).double() @ tf32(layer.weight.detach()).double().T + layer.bias.detach().double()
    torch.testing.assert_close(found.detach().double(), exact, rtol=1e-6, atol=1e-6)
    assert not torch.equal(found, torch.nn.functional.linear(x, layer.weight, layer.bias))
    torch.testing.assert_close(x.grad, tf32(gradient) @ tf32(layer.weight.detach()))
    torch.testing.assert_close(layer.weight.grad, tf32(gradient).T @ tf32(x.detach()))
    torch.testing.assert_close(layer.bias.grad, gradient.sum(0))
