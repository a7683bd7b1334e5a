"""Files from the web, pinned by size and sha256."""

import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.request import urlopen

from bench.errors import InputError
from bench.weights.source import Missing, Source


def cache_folder() -> Path:
    """Where files from the web are kept: `DNO_BENCH_CACHE`, else `~/.cache/dno-bench`."""
    return Path(os.environ.get("DNO_BENCH_CACHE") or Path.home() / ".cache" / "dno-bench")


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

    def find(self) -> Path:
        """The file in the cache (see `Source.find`)."""
        path = cache_folder() / self.name
        if not path.is_file() or path.stat().st_size != self.size:
            raise Missing(f"{self.name!r} is not on this machine")
        return path

    def fetch(self) -> Path:
        """Download the file into the cache (see `Source.fetch`)."""
        with urlopen(self.url) as answer:
            content: bytes = answer.read()
        if sha256(content).hexdigest() != self.sha256:
            raise InputError(f"what came from {self.url} is not the file that was pinned")
        cache_folder().mkdir(parents=True, exist_ok=True)
        path = cache_folder() / self.name
        path.write_bytes(content)
        return path


@dataclass(frozen=True)
class LocalFile:
    """A file of the user's, in place of one that could be fetched."""

    path: Path

    @property
    def name(self) -> str:
        """The path."""
        return str(self.path)

    def find(self) -> Path:
        """The file itself.

        Raises:
            InputError: there is none.
        """
        if not self.path.is_file():
            raise InputError(f"no such file: {self.path}")
        return self.path

    def fetch(self) -> Path:
        """The file itself: there is nothing to download."""
        return self.find()


def web_or_path(value: str, default: WebFile) -> Source:
    """What an option means that is the name of `default`, which it is by default, or the path of a file."""
    return default if value == default.name else LocalFile(Path(value))
