"""Files from the web, pinned by size and sha256."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from bench.errors import InputError
from bench.weights.download import append_rest
from bench.weights.source import Missing, Source


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
        """The file in the cache; only `fetch` puts one there, once its hash has been checked (see `Source.find`)."""
        path = cache_folder() / self.name
        if not path.is_file() or path.stat().st_size != self.size:
            raise Missing(f"{self.name!r} is not on this machine")
        return path

    def fetch(self) -> Path:
        """Download the file into the cache, or the rest of it if an earlier download broke off (see `Source.fetch`)."""
        try:
            return self.find()
        except Missing:
            pass
        path = cache_folder() / self.name
        part = path.with_name(f"{path.name}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            append_rest(self.url, part, self.size)
            self._check(part)
            part.replace(path)
        except OSError as error:
            raise InputError(
                f"cannot write to {path.parent}: {error.strerror}; DNO_BENCH_CACHE names another"
            ) from None
        return path

    def _check(self, part: Path) -> None:
        if part.stat().st_size != self.size:
            wrong = "does not have its size" if part.stat().st_size < self.size else "is larger than it should be"
            wrong += f" of {self.size} bytes"
        elif (digest := sha256_of(part)) != self.sha256:
            wrong = f"has the sha256 {digest} instead of {self.sha256}"
        else:
            return
        part.unlink()
        raise InputError(f"what came from {self.url} {wrong}: it is not the file that was pinned, and was removed")


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
        if not self.path.is_file():
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
