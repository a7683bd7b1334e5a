"""Where noise becomes a sample: one file a family of models."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bench.models.given import from_pipeline

__all__ = ["from_pipeline"]


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """`from_pipeline`, once it is asked for: what only looks for models must not wait for torch."""
    if name != "from_pipeline":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from bench.models.given import from_pipeline

    return from_pipeline
