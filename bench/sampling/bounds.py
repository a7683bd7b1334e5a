"""Bounds of options, which many methods check alike."""


def require_positive(options: object, *names: str) -> None:
    """Refuse options, by name, that are not above 0; None passes, which switches one off.

    Raises:
        ValueError: names the first, and what it is.
    """
    for name in names:
        value = getattr(options, name)
        if value is not None and value <= 0:
            raise ValueError(f"{name} must be positive, got {value}")


def require_at_least(options: object, least: float, *names: str) -> None:
    """Refuse options, by name, below `least`.

    Raises:
        ValueError: names the first, and what it is.
    """
    for name in names:
        if getattr(options, name) < least:
            raise ValueError(f"{name} must be at least {least}, got {getattr(options, name)}")
