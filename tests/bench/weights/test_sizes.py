"""How much a source downloads, as far as that is known without a network."""

from hashlib import sha256

import pytest

from bench.registry import REGISTRIES
from bench.suite.fetch import download_lines
from bench.suite.needs import default_sources
from bench.weights.hub import HubFile, HubFolder
from bench.weights.local import TensorFile
from bench.weights.sizes import GIGABYTES, size_text
from bench.weights.web import WebFile

SD15 = "stable-diffusion-v1-5/stable-diffusion-v1-5"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (HubFolder(SD15, "model_index.json"), "4.3 GB"),
        (HubFolder(SD15, "model_index.json", ("unet/*.json", "unet/x.safetensors")), "4.3 GB"),
        (HubFolder(SD15, "model_index.json", ("model_index.json", "tokenizer/*")), ""),
        (HubFolder("somebody/model", "model_index.json"), ""),
        (HubFile("xswu/HPSv2", "HPS_v2_compressed.pt"), "2 GB"),
        (WebFile("https://example.org/a.csv", 85209, "0" * 64), "85 kB"),
        (WebFile("https://example.org/a.csv", 3714759, "0" * 64), "3.7 MB"),
        (TensorFile("own.safetensors"), ""),
    ],
)
def test_sizes_of_what_is_known(source, text):
    assert size_text(source) == text


def test_every_size_is_of_default_weights():
    entries = [registry.get(name) for registry in REGISTRIES.values() for name in registry.names()]
    names = {source.name for entry in entries for source in default_sources(entry)}
    assert set(GIGABYTES) <= names


def test_only_what_is_missing_is_announced(tmp_path, monkeypatch):
    monkeypatch.setenv("DNO_BENCH_CACHE", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    zeros = bytes(2000)
    here, away = (
        WebFile(f"https://example.org/{name}.csv", len(zeros), sha256(zeros).hexdigest()) for name in ("here", "away")
    )
    (tmp_path / "here.csv").write_bytes(zeros)
    sources = [here, away, HubFolder(SD15, "model_index.json"), HubFolder("somebody/model", "model_index.json")]
    assert list(download_lines(sources)) == ["away.csv  2 kB to download", f"{SD15}  4.3 GB to download"]
