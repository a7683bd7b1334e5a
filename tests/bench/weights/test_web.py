"""Files from the web: whole and right, or one line and nothing under their name."""

import hashlib
import socket

import pytest
import requests

from bench.errors import InputError
from bench.weights.source import Missing
from bench.weights.web import LocalFile, WebFile, _at_most, cache_folder, web_or_path
from tests.support.server import serving

BODY = bytes(range(256)) * 1000


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("DNO_BENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return tmp_path / "cache"


def file_at(url, body=BODY, **changes):
    return WebFile(
        **{"url": f"{url}/head.pth", "size": len(body), "sha256": hashlib.sha256(body).hexdigest()} | changes
    )


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_cache_is_where_the_user_says(monkeypatch, tmp_path):
    assert cache_folder() == tmp_path / "cache"
    monkeypatch.delenv("DNO_BENCH_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/xdg")
    assert str(cache_folder()) == "/xdg/dno-bench"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/home/me")
    assert str(cache_folder()) == "/home/me/.cache/dno-bench"


def test_fetched_once_found_ever_after(cache):
    with serving({"/head.pth": BODY}) as server:
        source = file_at(server.url)
        with pytest.raises(Missing, match=r"'head\.pth' is not on this machine"):
            source.find()
        assert source.fetch().read_bytes() == BODY
        assert source.fetch() == source.find() == cache / "head.pth"
        assert server.requests == [("/head.pth", None)]
    assert names(cache) == ["head.pth"]


def test_what_broke_off_leaves_nothing_and_begins_again(cache):
    with serving({"/head.pth": BODY}, breaks_after=100_000) as server:
        source = file_at(server.url)
        with pytest.raises(InputError, match=r"cannot download .*/head\.pth \(ChunkedEncodingError\)"):
            source.fetch()
        assert not cache.exists()
        server.breaks_after = None
        assert source.fetch().read_bytes() == BODY
    assert names(cache) == ["head.pth"]


@pytest.mark.parametrize(
    ("served", "message"),
    [
        (BODY[::-1], r"has the sha256 \w{64} instead of \w{64}"),
        (BODY + b"x", "is larger than its 256000 bytes"),
        (BODY[:-1], "is smaller than its 256000 bytes"),
    ],
)
def test_another_file_is_refused_and_not_kept(cache, served, message):
    with (
        serving({"/head.pth": served}) as server,
        pytest.raises(InputError, match=f"{server.url}/head.pth {message}") as refused,
    ):
        file_at(server.url).fetch()
    assert "\n" not in str(refused.value)
    assert not cache.exists()


def test_no_more_than_about_the_size_is_taken(cache):
    """A server that never ends."""
    with serving({"/head.pth": bytes(50_000_000)}) as server:
        taken = requests.get(f"{server.url}/head.pth", stream=True, timeout=10)
        assert 1000 < len(_at_most(1000, taken)) <= 1000 + 2**16
        taken.close()


def test_404(cache):
    with serving({}) as server, pytest.raises(InputError, match=r"/head\.pth is not to be had: .* 404 Not Found"):
        file_at(server.url).fetch()
    assert not cache.exists()


def test_no_network(cache):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # a port on which nobody listens
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(InputError, match=f"cannot download {url}/head.pth .*is there a network") as refused:
            file_at(url).fetch()
    assert "\n" not in str(refused.value)
    assert not cache.exists()


def test_a_cache_that_cannot_be_written(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("DNO_BENCH_CACHE", str(tmp_path / "file"))
    with (
        serving({"/head.pth": BODY}) as server,
        pytest.raises(InputError, match=r"cannot write to .*; DNO_BENCH_CACHE names another"),
    ):
        file_at(server.url).fetch()


def test_an_older_pin_under_the_same_name_is_replaced(cache):
    cache.mkdir()
    (cache / "head.pth").write_bytes(b"older")
    with serving({"/head.pth": BODY}) as server:
        with pytest.raises(Missing):
            file_at(server.url).find()
        assert file_at(server.url).fetch().read_bytes() == BODY


def test_an_option_is_the_pinned_file_or_a_path(tmp_path):
    pinned = file_at("https://host")
    assert web_or_path("head.pth", pinned) is pinned
    path = tmp_path / "head.pth"
    own = web_or_path(str(path), pinned)
    assert (own, own.name, own.pin) == (LocalFile(path), str(path), "")
    with pytest.raises(InputError, match=r"no such file: .*head\.pth"):
        own.find()
    path.write_bytes(b"x")
    assert own.find() == own.fetch() == path
