"""A GPU that says what it is told to."""

from bench.run.gpu import Reading, State


class ScriptedGpu:
    """Reads one item after the other of `script`, the last one for ever.

    Args:
        script: readings.
        tick: called at each reading.
    """

    def __init__(self, *script, tick=lambda: None):
        self.script, self.tick, self.reads = list(script), tick, 0

    def read(self):
        self.tick()
        reading = self.script[min(self.reads, len(self.script) - 1)]
        self.reads += 1
        return reading

    def state(self):
        return State(sm_clock_mhz=1980.0, processes=0.0)


def idle_gpu(busy=0.3):
    """A GPU that is busy so much of the time and has used 700 J."""
    return ScriptedGpu(Reading(busy, busy / 2, 700.0))
