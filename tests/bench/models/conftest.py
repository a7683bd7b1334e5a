"""Small pipelines in the hub's layout, written once a session."""

import pytest
import torch

from bench.registry import MODELS
from tests.support.standins.pipelines import write_pipeline, write_vae

CPU = torch.device("cpu")


@pytest.fixture(scope="session")
def pipelines(tmp_path_factory):
    """From a model's name to the folder of what stands in for it."""
    root = tmp_path_factory.mktemp("pipelines")

    def folder(name):
        path = root / name
        if not path.exists():
            write_vae(path) if name == "vae" else write_pipeline(name, path)
        return path

    return folder


@pytest.fixture
def load(pipelines):
    """Loads the stand-in of a model under options."""

    def loaded(name, **options):
        own_vae = {"vae": None} if name.startswith("sdxl") else {}
        small = {"weights": str(pipelines(name)), "size": 16, **own_vae}
        return MODELS.get(name).create({**small, **options}).load(CPU)

    return loaded


@pytest.fixture
def inject(monkeypatch):
    """Makes the schedulers of diffusers inject the noise `(1, steps + 1, ...)` of one sample, a row a step."""

    def from_rows(noise):
        left = list(noise[0, 1:])
        for name in ("ddim", "euler_ancestral_discrete", "lcm"):
            module = f"diffusers.schedulers.scheduling_{name}.randn_tensor"
            monkeypatch.setattr(module, lambda shape, **_: left.pop(0).reshape(shape))

    return from_rows
