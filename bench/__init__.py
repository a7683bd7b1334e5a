"""DNO-Bench: inference-time alignment methods for diffusion models, compared at equal GPU time."""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bench.output.notebook import load, run_suite

__all__ = ["load", "run_suite"]

# transformers warns at import that torchvision is missing, which nothing here needs, and draws a bar for each load.
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")


def __getattr__(name: str) -> Any:  # noqa: ANN401 - one of two functions
    """What notebooks use: it stands on all of the package, and is imported when it is asked for."""
    if name in __all__:
        return getattr(import_module("bench.output.notebook"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
