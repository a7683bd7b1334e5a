"""What is taken from a server; that it is the right thing is tested with `WebFile`."""

from bench.weights.download import append_rest
from tests.support.server import serving


def test_no_more_than_about_the_size_is_taken(tmp_path, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving({"/big": bytes(10_000_000)}) as server:
        append_rest(f"{server.url}/big", tmp_path / "part", size=1000)
    assert 1000 < (tmp_path / "part").stat().st_size <= 1000 + 2**17
