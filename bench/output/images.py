"""Images of a run folder, which may be somebody else's: none beyond the folder, and none that is not whole."""

from pathlib import Path

from PIL import Image

_NO_PICTURE = (OSError, SyntaxError, ValueError, Image.DecompressionBombError)
"""What PIL raises for files that are cut short, are no picture, or would not fit into memory."""


def image_file(run: Path, name: object) -> Path | None:
    """The file `name` of a run folder; None where it is not there, lies elsewhere, or `name` is empty or NaN."""
    if not isinstance(name, str) or not name:
        return None
    path = (run / name).resolve()
    return path if path.is_relative_to(run.resolve()) and path.is_file() else None


def read_image(path: Path) -> Image.Image | None:
    """An image as RGB, or None if the file holds none."""
    try:
        with Image.open(path) as image:
            return image.convert("RGB")
    except _NO_PICTURE:
        return None
