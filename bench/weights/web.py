"""Files from the web, pinned by size and sha256."""

import hashlib
import os
from dataclasses import dataclass
from os.path import isfile  # unlike a Path's, it takes any text
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bench.errors import InputError
from bench.weights.source import Missing, Source

if TYPE_CHECKING:
    from requests import Response

_TIMEOUT = 30  # seconds without an answer or a byte


def cache_folder() -> Path:
    """Where files from the web are kept: `DNO_BENCH_CACHE`, else `dno-bench` in `XDG_CACHE_HOME` or `~/.cache`."""
    if own := os.environ.get("DNO_BENCH_CACHE"):
        return Path(own).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dno-bench"


def sha256_of(path: Path) -> str:
    """The sha256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True)
class WebFile:
    """One file that is kept in the cache under the last part of its address.

    Attributes:
        url: its address; one that cannot change, such as a file of a repository at a commit.
        size: in bytes.
        sha256: of its content, in hexadecimal digits.
    """

    url: str
    size: int
    sha256: str

    @property
    def name(self) -> str:
        """The last part of the address."""
        return self.url.rpartition("/")[2]

    @property
    def pin(self) -> str:
        """The first digits of the hash."""
        return f"sha256 {self.sha256[:12]}"

    def find(self) -> Path:
        """The file in the cache, its hash checked (see `Source.find`)."""
        path = cache_folder() / self.name
        if not path.is_file() or path.stat().st_size != self.size or sha256_of(path) != self.sha256:
            raise Missing(f"{self.name!r} is not on this machine")
        return path

    def fetch(self) -> Path:
        """Download the file into the cache (see `Source.fetch`); it is small: what broke off begins again."""
        try:
            return self.find()
        except Missing:
            pass
        path, content = cache_folder() / self.name, self._downloaded()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with TemporaryDirectory(dir=path.parent) as beside:
                part = Path(beside, path.name)
                part.write_bytes(content)
                part.replace(path)
        except OSError as error:
            raise InputError(
                f"cannot write to {path.parent}: {error.strerror}; DNO_BENCH_CACHE names another"
            ) from None
        return path

    def _downloaded(self) -> bytes:
        import requests

        try:
            with requests.get(self.url, stream=True, timeout=_TIMEOUT) as response:
                if not response.ok:
                    answer = f"{response.status_code} {response.reason}"
                    raise InputError(f"{self.url} is not to be had: the server answers {answer}")
                content = _at_most(self.size, response)
        except requests.RequestException as error:
            raise InputError(f"cannot download {self.url} ({type(error).__name__}): is there a network?") from None
        self._check(content)
        return content

    def _check(self, content: bytes) -> None:
        digest = hashlib.sha256(content).hexdigest()
        if len(content) != self.size:
            wrong = f"is {'larger' if len(content) > self.size else 'smaller'} than its {self.size} bytes"
        elif digest != self.sha256:
            wrong = f"has the sha256 {digest} instead of {self.sha256}"
        else:
            return
        raise InputError(f"what came from {self.url} {wrong}: it is not the file that was pinned, and was not kept")


def _at_most(size: int, response: "Response") -> bytes:
    """What is sent, or a little more than `size` bytes of it."""
    content = bytearray()
    for chunk in response.iter_content(1 << 16):
        content += chunk
        if len(content) > size:
            break
    return bytes(content)


@dataclass(frozen=True)
class LocalFile:
    """A file of the user's, in place of one that could be fetched."""

    path: Path
    pin: str = ""

    @property
    def name(self) -> str:
        """The path."""
        return str(self.path)

    def find(self) -> Path:
        """The file itself.

        Raises:
            InputError: there is none.
        """
        if not isfile(self.path):
            raise InputError(f"no such file: {self.path}")
        return self.path

    def fetch(self) -> Path:
        """The file itself: there is nothing to download."""
        return self.find()


def web_or_path(value: str, default: WebFile) -> Source:
    """What an option of a plug-in means that is the name of `default`, which it is by default, or the path of a file.

    So `head: str = "head.pth"` is the pinned file, `./head.pth` and `/data/head.pth` are the user's.
    """
    return default if value == default.name else LocalFile(Path(value))
