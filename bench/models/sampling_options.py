"""What the sampling options of latent models may be."""

import math

from bench.errors import InputError

MOST_STEPS = 500


def check_sampling(options: dict[str, float], most_steps: int = MOST_STEPS) -> None:
    """Refuse sampling options that make no sense.

    Raises:
        InputError: with what is allowed.
    """
    if not 1 <= options["steps"] <= most_steps:
        raise InputError(f"steps must be in 1..{most_steps}, got {options['steps']}")
    if not 1 <= options.get("guidance", 1) < math.inf:
        raise InputError(f"guidance must be a number of at least 1, which is none, got {options['guidance']:g}")
    if not 0 <= options.get("eta", 0) <= 1:
        raise InputError(f"eta must be in [0, 1], got {options['eta']:g}")
