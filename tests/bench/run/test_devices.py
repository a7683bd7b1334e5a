"""Devices that a user names."""

import pytest
import torch

from bench.errors import InputError
from bench.run import processor
from bench.run.devices import parse_devices


@pytest.fixture
def three_processors(monkeypatch):
    monkeypatch.setattr(processor, "processors", lambda: 3.0)


def test_a_processor_counts_as_often_as_it_has_cores(three_processors):
    assert parse_devices("cpu, cpu,cpu") == [torch.device("cpu")] * 3
    with pytest.raises(InputError, match=r"'cpu,cpu,cpu,cpu' asks for 4 processors; this process may use 3$"):
        parse_devices("cpu,cpu,cpu,cpu")


def test_one_processor_is_there_however_little_of_it_one_may_use(monkeypatch):
    monkeypatch.setattr(processor, "processors", lambda: 0.5)
    assert parse_devices("cpu") == [torch.device("cpu")]


def test_a_gpu_counts_once(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert parse_devices("cuda:0,cuda:1") == [torch.device("cuda:0"), torch.device("cuda:1")]
    with pytest.raises(InputError, match="'cuda,cuda:0' names a GPU twice; cells that share one cannot be compared"):
        parse_devices("cuda,cuda:0")


def test_a_device_that_is_not_there_is_refused():
    with pytest.raises(InputError, match="'gpu'"):
        parse_devices("cpu,gpu")
