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
