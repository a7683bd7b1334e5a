"""A method on the clock: pulled to its next yield, its seconds booked."""

from bench.problem import Candidates
from bench.problem.breaches import checked_run
from bench.run.clock import Ledger


class ClockedMethod:
    """The generator of a method; the clock runs while it is pulled, and only then.

    Args:
        name: what messages call the method.
        run: what its `run` returned.
        ledger: books the seconds.

    Raises:
        MethodError: `run` is no generator.
    """

    def __init__(self, name: str, run: object, ledger: Ledger) -> None:
        self._run, self._ledger = checked_run(run, name), ledger

    def pull(self, left: float | None) -> Candidates | None:
        """What the method yields next: an offer, or None where it only looks up.

        Args:
            left: the share of the budget that is left, in (0, 1]; None at the first pull.

        Raises:
            StopIteration: the method has nothing left to try.
            Exception: whatever the method raises.
        """
        self._ledger.switch("method")
        try:
            return self._run.send(left)
        finally:
            self._ledger.switch("logging")

    def close(self) -> None:
        """Let go of what the method holds."""
        self._run.close()
