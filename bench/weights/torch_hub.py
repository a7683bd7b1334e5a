"""Checkpoints that torch.hub downloads: their names end in the first digits of their sha256, which is checked."""

import re
from dataclasses import dataclass
from os.path import isfile  # unlike a Path's, it takes any text
from pathlib import Path
from urllib.error import URLError

import torch.hub

from bench.errors import InputError
from bench.weights.source import Missing


@dataclass(frozen=True)
class TorchHubFile:
    """A checkpoint in torch.hub's cache, where torchvision and others look for it too, or the user's own file.

    Attributes:
        url: where it comes from, ending in `-<digits of its sha256>.pth`, or the path of a file.
    """

    url: str

    @property
    def name(self) -> str:
        """The file's name."""
        return self.url.rpartition("/")[2]

    @property
    def pin(self) -> str:
        """The first digits of its sha256, as its name has them; empty for the user's own file."""
        digits = self._digits()
        return f"sha256 {digits}" if digits else ""

    def find(self) -> Path:
        """The file, the user's own or in torch.hub's cache (see `Source.find`)."""
        for path in (Path(self.url), self._cached()):
            if isfile(path):
                return path
        raise Missing(f"{self.name!r} is not on this machine")

    def fetch(self) -> Path:
        """Download it into torch.hub's cache (see `Source.fetch`); an interrupted download begins again."""
        path, digits = self._cached(), self._digits()
        if not digits:
            raise InputError(f"{self.url!r} is neither a file nor a url that ends in -<digits of its sha256>.pth")
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            torch.hub.download_url_to_file(self.url, str(path), hash_prefix=digits)
        except (URLError, RuntimeError, OSError) as error:
            raise InputError(f"{self.url} could not be fetched: {error}") from None
        return path

    def _digits(self) -> str:
        found = re.search(r"-([0-9a-f]{8,})\.pth$", self.name)
        return found[1] if found else ""

    def _cached(self) -> Path:
        return Path(torch.hub.get_dir(), "checkpoints", self.name)
