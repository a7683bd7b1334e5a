"""How large images are asked to be."""

from bench.errors import InputError

Size = int | tuple[int, int]
"""Pixels: the side of a square, or height and width; each a multiple of 16."""

_MOST = 4096  # a side; no model here is trained for more than half of it


def sides(size: Size) -> tuple[int, int]:
    """Height and width."""
    return size if isinstance(size, tuple) else (size, size)


def check_size(size: Size) -> None:
    """Refuse a size that no model can make.

    Raises:
        InputError: with what is allowed.
    """
    for side in sides(size):
        if not 16 <= side <= _MOST or side % 16:
            raise InputError(f"size must be a multiple of 16 in 16..{_MOST}, got {side}")
