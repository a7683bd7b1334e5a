"""A process of its own without waiting for torch to be imported again: a fork of this one, for tests that kill."""

import os
import sys
from multiprocessing import get_context


class Child:
    """Runs `function(*arguments)` in a fork: prints into the file `output`, its result is the exit status."""

    def __init__(self, output, function, *arguments):
        self.output = output
        self.process = get_context("fork").Process(target=self._run, args=(function, *arguments))
        self.process.start()

    def _run(self, function, *arguments):
        with self.output.open("w", encoding="utf-8") as file:
            sys.stdout = sys.stderr = file
            status = function(*arguments)
            file.flush()
        os._exit(int(status or 0))

    @property
    def running(self):
        return self.process.exitcode is None

    def kill(self):
        self.process.kill()
        self.process.join()

    def end(self, timeout=120):
        """Wait; the exit status and what was printed."""
        self.process.join(timeout)
        return self.process.exitcode, self.output.read_text(encoding="utf-8")
