"""Images as data URIs: small, each once, and no more than a page can carry."""

import base64
import io
from hashlib import sha256
from pathlib import Path

from PIL import Image

from bench.output.images import read_image

SIDE = 192
"""Pixels of the longer side; larger images are shrunk to it."""
AS_IS = 8_000
"""Bytes: a PNG up to this is taken as it is."""
QUALITY = 80
PNG = b"\x89PNG\r\n"


class Pictures:
    """A list of images without doubles that stops growing at a size.

    Attributes:
        uris: the images, as data URIs.
        left_out: how many were refused for want of room.
    """

    def __init__(self, limit: int) -> None:
        """`limit`: how many bytes all URIs may take together."""
        self.uris: list[str] = []
        self.left_out = 0
        self._room = limit
        self._places: dict[str, int] = {}

    def add(self, path: Path) -> int | None:
        """Take in an image file; its place in `uris`, or None if it holds no image or there is no room for it."""
        content = path.read_bytes()
        key = sha256(content).hexdigest()
        if key not in self._places:
            uri = _data_uri(path, content)
            if uri is None:
                return None
            if len(uri) > self._room:
                self.left_out += 1
                return None
            self._room -= len(uri)
            self._places[key] = len(self.uris)
            self.uris.append(uri)
        return self._places[key]


def _data_uri(path: Path, content: bytes) -> str | None:
    image = read_image(path)
    if image is None:
        return None
    if content.startswith(PNG) and len(content) <= AS_IS and max(image.size) <= SIDE:
        return _encoded(content, "png")
    image.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=QUALITY)
    return _encoded(buffer.getvalue(), "jpeg")


def _encoded(content: bytes, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode('ascii')}"
