"""Files from the web: whole and right, or one line and nothing under their name."""

import hashlib
import re
import socket

import pytest

from bench.errors import InputError
from bench.weights.source import Missing
from bench.weights.web import LocalFile, WebFile, cache_folder, web_or_path
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


def test_progress_is_shown(capsys):
    with serving({"/head.pth": BODY}) as server:
        file_at(server.url).fetch()
    shown = capsys.readouterr()
    assert re.search(r"head\.pth .*256\.0/256\.0 kB", shown.err)
    assert not shown.out


@pytest.mark.parametrize("ranges", [True, False])
def test_a_broken_download_is_resumed(cache, ranges):
    with serving({"/head.pth": BODY}, breaks_after=100_000, ranges=ranges) as server:
        source = file_at(server.url)
        with pytest.raises(InputError, match=r"broke off after \d+ of 256000 bytes; the same command resumes it"):
            source.fetch()
        assert names(cache) == ["head.pth.part"]
        came = (cache / "head.pth.part").read_bytes()
        assert 0 < len(came) <= 100_000
        assert BODY.startswith(came)
        with pytest.raises(Missing):
            source.find()
        server.breaks_after = None
        assert source.fetch().read_bytes() == BODY
        assert server.requests[-1] == ("/head.pth", f"bytes={len(came)}-")
    assert names(cache) == ["head.pth"]


def test_all_there_but_the_last_step(cache):
    """Killed between the last byte and the move: nothing is downloaded again, the hash still decides."""
    cache.mkdir()
    with serving({"/head.pth": BODY}) as server:
        (cache / "head.pth.part").write_bytes(BODY)
        assert file_at(server.url).fetch().read_bytes() == BODY
        assert server.requests == []
        (cache / "head.pth").rename(cache / "head.pth.part")
        with pytest.raises(InputError, match="sha256"):
            file_at(server.url, sha256="0" * 64).fetch()
    assert names(cache) == []


@pytest.mark.parametrize(
    ("served", "message"),
    [
        (BODY[::-1], r"has the sha256 \w{64} instead of \w{64}"),
        (BODY + b"x", "is larger than it should be of 256000 bytes"),
        (BODY * 9, "is larger than it should be of 256000 bytes"),
        (BODY[:-1], "does not have its size of 256000 bytes"),
    ],
)
@pytest.mark.parametrize("begun", [b"", BODY[:70_000]])
def test_another_file_is_refused_and_removed(cache, served, message, begun):
    cache.mkdir()
    if begun:
        (cache / "head.pth.part").write_bytes(begun)
    with (
        serving({"/head.pth": served}) as server,
        pytest.raises(InputError, match=f"{server.url}/head.pth {message}") as refused,
    ):
        file_at(server.url).fetch()
    assert "\n" not in str(refused.value)
    assert names(cache) == []


def test_a_part_longer_than_what_is_served_is_given_up(cache):
    cache.mkdir()
    (cache / "head.pth.part").write_bytes(BODY[:-1])
    with serving({"/head.pth": b"short"}) as server, pytest.raises(InputError, match="answers 416"):
        file_at(server.url).fetch()
    assert names(cache) == []


def test_a_part_that_is_too_long_is_given_up(cache):
    cache.mkdir()
    (cache / "head.pth.part").write_bytes(BODY * 2)
    with serving({"/head.pth": BODY}) as server, pytest.raises(InputError, match="answers 416"):
        file_at(server.url).fetch()
    assert names(cache) == []


def test_404(cache):
    with serving({}) as server, pytest.raises(InputError, match=r"/head\.pth is not to be had: .* 404 Not Found"):
        file_at(server.url).fetch()
    assert names(cache) == []


def test_no_network(cache):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # a port on which nobody listens
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(InputError, match=f"cannot reach {url}/head.pth .*is there a network") as refused:
            file_at(url).fetch()
    assert "\n" not in str(refused.value)
    assert names(cache) == []


def test_a_cache_that_cannot_be_written(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("DNO_BENCH_CACHE", str(tmp_path / "file"))
    with pytest.raises(InputError, match=r"cannot write to .*; DNO_BENCH_CACHE names another"):
        file_at("http://127.0.0.1:9").fetch()


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
