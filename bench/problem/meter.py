"""What a method has asked of the problem, counted."""

from dataclasses import dataclass


@dataclass
class Meter:
    """Counts of everything a method asked of the problem; a guided denoiser call counts as two evaluations."""

    denoiser_evals: int = 0
    decodes: int = 0
    reward_calls: int = 0
    backward_evals: int = 0

    def counts(self) -> dict[str, int]:
        """The counters by name."""
        return dict(vars(self))
