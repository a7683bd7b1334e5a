"""Checkpoints of torch.hub: found in its cache, fetched with their checksum verified, through torch's own download."""

from hashlib import sha256

import pytest

from bench.errors import InputError
from bench.weights.package import Package
from bench.weights.source import Missing
from bench.weights.torch_hub import TorchHubFile


@pytest.fixture
def hub(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    return tmp_path / "torch" / "hub" / "checkpoints"


@pytest.fixture
def upstream(tmp_path):
    """The url of a file whose name tells its checksum."""
    path = tmp_path / f"net-{sha256(b'weights').hexdigest()[:8]}.pth"
    path.write_bytes(b"weights")
    return path.as_uri()


def test_fetched_into_the_cache_and_found_there(hub, upstream):
    source = TorchHubFile(upstream)
    with pytest.raises(Missing, match=f"'{source.name}' is not on this machine"):
        source.find()
    assert source.fetch() == source.find() == hub / source.name
    assert source.find().read_bytes() == b"weights"


def test_another_file_than_pinned_is_refused_and_not_kept(hub, tmp_path):
    path = tmp_path / "net-00000000.pth"
    path.write_bytes(b"other")
    with pytest.raises(InputError, match="could not be fetched: invalid hash value"):
        TorchHubFile(path.as_uri()).fetch()
    assert list(hub.iterdir()) == []


@pytest.mark.parametrize("name", ["net-0123abcd.pth", "net.pth"])
def test_what_is_not_there_or_not_pinned_is_one_line(hub, tmp_path, name):
    with pytest.raises(InputError, match=name) as refused:
        TorchHubFile((tmp_path / name).as_uri()).fetch()
    assert "\n" not in str(refused.value)


def test_a_file_is_taken_as_it_is(tmp_path):
    (tmp_path / "mine.pth").write_bytes(b"x")
    assert TorchHubFile(str(tmp_path / "mine.pth")).find() == tmp_path / "mine.pth"


def test_a_package_is_there_or_says_how_to_install_it():
    assert Package("torch", extra="gpu").find().name == "__init__.py"
    absent = Package("no_such_module", extra="fid")
    with pytest.raises(Missing, match="Python package no_such_module is not installed"):
        absent.find()
    with pytest.raises(InputError, match=r'`pip install "dno-bench\[fid\]"` installs it'):
        absent.fetch()
