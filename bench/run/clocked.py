"""A method on the clock: pulled to its next yield, its seconds booked and its memory watched."""

from bench.problem import Candidates
from bench.problem.breaches import checked_run
from bench.run.clock import Ledger
from bench.run.memory import PeakMemory


class ClockedMethod:
    """The generator of a method; the clock runs while it is pulled, and only then.

    Args:
        name: what messages call the method.
        run: what its `run` returned.
        ledger: books the seconds.
        memory: watches the peak.

    Raises:
        MethodError: `run` is no generator.
    """

    def __init__(self, name: str, run: object, ledger: Ledger, memory: PeakMemory) -> None:
        self._run, self._ledger, self._memory = checked_run(run, name), ledger, memory

    def pull(self, left: float | None) -> Candidates | None:
        """What the method yields next: an offer, or None where it only looks up.

        Args:
            left: the share of the budget that is left, in (0, 1]; None at the first pull.

        Raises:
            StopIteration: the method has nothing left to try.
            Exception: whatever the method raises.
        """
        with self._memory.watch():
            self._ledger.switch("method")
            try:
                return self._run.send(left)
            finally:
                self._ledger.switch("logging")

    def close(self) -> None:
        """Let go of what the method holds."""
        self._run.close()
