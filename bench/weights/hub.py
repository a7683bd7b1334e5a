"""Repositories of the Hugging Face hub, or a folder of the user's with the same files."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from os.path import dirname, exists, isdir, isfile  # unlike a Path's, they take any text
from pathlib import Path

from bench.errors import InputError
from bench.weights.checkpoint import check_whole
from bench.weights.local import not_found
from bench.weights.source import Missing
from bench.weights.web import sha256_of

Needs = Callable[[Path], Iterable[str]]
"""From a folder to the names of the files that it needs; raises `InputError` if it holds something else."""


def nothing_else(folder: Path) -> Iterable[str]:
    """What a folder needs that is told by its marker alone."""
    return ()


@dataclass(frozen=True)
class HubFolder:
    """A repository, or those of its files that are needed.

    Attributes:
        repo: hub id, or the path of a folder that has the files.
        marker: a file without which the folder is not what it should be, such as `model_index.json`.
        patterns: which files are fetched (fnmatch); all by default.
        revision: commit, tag or branch.
        needs: what it needs beside the marker; says so of a folder that has the marker.
    """

    repo: str
    marker: str
    patterns: tuple[str, ...] = ("*",)
    revision: str = "main"
    needs: Needs = field(default=nothing_else, compare=False, repr=False)

    @classmethod
    def named(
        cls, text: str, marker: str, patterns: tuple[str, ...] = ("*",), needs: Needs = nothing_else
    ) -> "HubFolder":
        """From what an option says: the path of a folder, a hub id, or a hub id and a revision, `id@revision`."""
        repo, at, revision = text.partition("@")
        if at and not exists(text):
            return cls(repo, marker, patterns, revision, needs)
        return cls(text, marker, patterns, needs=needs)

    @property
    def name(self) -> str:
        """The hub id or path."""
        return self.repo

    @property
    def pin(self) -> str:
        """The revision, unless it is the one that moves."""
        return _pin(self.revision)

    def find(self) -> Path:
        """The folder, the user's own or in the hub's cache, whole (see `Source.find`)."""
        if isfile(self.repo):
            raise InputError(f"{self.repo!r} is a file; needed is a folder with {self.marker}, or an id of the hub")
        own = isdir(self.repo)
        folder = Path(self.repo) if own else self._cached()
        for name in self._files(folder):
            if not (folder / name).is_file():
                lacks = f"{self.repo!r} has no {name} in {folder}: it is not what is needed here, or not whole"
                raise InputError(lacks) if own else Missing(lacks)
            check_whole(folder / name)
        return folder

    def fetch(self) -> Path:
        """Download what the hub's cache lacks of the files, resuming what broke off (see `Source.fetch`)."""
        from huggingface_hub import snapshot_download

        from bench.weights.hub_errors import one_line_errors

        if self._lacks_own():
            raise not_found("folder", self.repo)
        if not isdir(self.repo):
            with one_line_errors(self.repo, self.repo, self.revision):
                snapshot_download(self.repo, revision=self.revision, allow_patterns=list(self.patterns))
        try:
            return self.find()
        except Missing as missing:  # though all of it is here
            raise InputError(str(missing)) from None

    def _files(self, folder: Path) -> Iterator[str]:
        yield self.marker
        yield from self.needs(folder)

    def _cached(self) -> Path:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

        try:
            return Path(
                snapshot_download(
                    self.repo, revision=self.revision, allow_patterns=list(self.patterns), local_files_only=True
                )
            )
        except HFValidationError:
            raise not_found("folder", self.repo) from None
        except LocalEntryNotFoundError:
            if self._lacks_own():
                raise not_found("folder", self.repo) from None
            raise Missing(f"{self.repo!r} is not on this machine") from None

    def _lacks_own(self) -> bool:
        """Whether a folder of the user's was meant and is not there: `models/sd15` where there is a folder `models`."""
        return not self.pin and isdir(dirname(self.repo)) and not isdir(self.repo)


@dataclass(frozen=True)
class HubFile:
    """One file of a repository, or the path of a file of the user's.

    Attributes:
        repo: hub id, or the path of the file itself.
        file: its path in the repository.
        revision: commit, tag or branch.
        sha256: of its content, in hexadecimal digits, checked also where it lay in the cache; empty if not pinned.
    """

    repo: str
    file: str
    revision: str = "main"
    sha256: str = ""

    @classmethod
    def named(cls, text: str, file: str) -> "HubFile":
        """From what an option says: the path of the file, a hub id, or a hub id and a revision, `id@revision`."""
        repo, at, revision = text.partition("@")
        return cls(repo, file, revision) if at and not exists(text) else cls(text, file)

    @property
    def name(self) -> str:
        """Repository and file, or the path."""
        return self.repo if isfile(self.repo) else f"{self.repo}/{self.file}"

    @property
    def pin(self) -> str:
        """The first digits of the hash, else the revision unless it is the one that moves."""
        return f"sha256 {self.sha256[:12]}" if self.sha256 else _pin(self.revision)

    def find(self) -> Path:
        """The file, the user's own or in the hub's cache (see `Source.find`)."""
        from huggingface_hub import hf_hub_download
        from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

        if isfile(self.repo):
            return Path(self.repo)
        try:
            path = Path(hf_hub_download(self.repo, self.file, revision=self.revision, local_files_only=True))
            self._check(path)
            return path
        except HFValidationError:
            raise not_found("file", self.repo) from None
        except LocalEntryNotFoundError:
            raise Missing(f"{self.name!r} is not on this machine") from None

    def fetch(self) -> Path:
        """Download the file into the hub's cache, resuming what broke off (see `Source.fetch`)."""
        from huggingface_hub import hf_hub_download

        from bench.weights.hub_errors import one_line_errors

        try:
            return self.find()
        except Missing:
            pass
        with one_line_errors(self.name, self.repo, self.revision):
            path = Path(hf_hub_download(self.repo, self.file, revision=self.revision))
        self._check(path)
        return path

    def _check(self, path: Path) -> None:
        if self.sha256 and (digest := sha256_of(path)) != self.sha256:
            # The hub's cache has a link in the snapshot and the content elsewhere.
            path.resolve().unlink()
            path.unlink(missing_ok=True)
            raise InputError(
                f"{self.name!r} has the sha256 {digest} instead of {self.sha256}: it is not the file that was pinned, "
                "and was removed"
            )


def _pin(revision: str) -> str:
    return "" if revision == "main" else f"revision {revision[:12]}"
