"""Images of a run folder, which may be somebody else's: none that is not whole."""

from pathlib import Path

from PIL import Image

_NO_PICTURE = (OSError, SyntaxError, ValueError, Image.DecompressionBombError)
"""What PIL raises for files that are cut short, are no picture, or would not fit into memory."""


def read_image(path: Path) -> Image.Image | None:
    """An image as RGB, or None if the file holds none."""
    try:
        with Image.open(path) as image:
            return image.convert("RGB")
    except _NO_PICTURE:
        return None
