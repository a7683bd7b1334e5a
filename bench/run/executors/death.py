"""Why a process died, as far as anybody can tell, and where in its code it was."""

import faulthandler
import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_ASK = signal.SIGUSR1
_MOMENT = 0.3  # seconds in which a process that is asked writes down where it is
_OWN = Path("/proc/self/cgroup")
_GROUPS = Path("/sys/fs/cgroup")


def trace_into(path: Path) -> None:
    """Have this process write down where it is, when it crashes and when it is asked, even if code in C has it."""
    file = path.open("w")  # for as long as the process lives
    faulthandler.enable(file, all_threads=False)
    faulthandler.register(_ASK, file, all_threads=False)


def ask_for_trace(pid: int) -> None:
    """Ask a process that has called `trace_into` where it is, and wait until it has written it down."""
    with suppress(ProcessLookupError):
        os.kill(pid, _ASK)
        time.sleep(_MOMENT)


def why_died(status: int, kills_before: int | None) -> str:
    """What a process died of, in one line.

    Args:
        status: its exit status, or the number of the signal that ended it, negative.
        kills_before: `oom_kills()` while it still lived.
    """
    if status >= 0:
        return f"its process died with exit status {status}"
    if -status != signal.SIGKILL:
        return f"its process was killed by signal {-status} ({signal.strsignal(-status)})"
    kills = oom_kills()
    if kills is not None and kills_before is not None and kills > kills_before:
        return "its process was killed by the kernel, for want of memory"
    return "its process was killed by signal 9, for want of memory perhaps"


def oom_kills() -> int | None:
    """How many processes of this one's control group the kernel has killed for want of memory; None if nobody tells."""
    for file in _counters():
        with suppress(OSError):
            if found := re.search(r"^oom_kill (\d+)$", file.read_text(), re.MULTILINE):
                return int(found[1])
    return None


def _counters() -> Iterator[Path]:
    """Files that may tell, of control groups version 2 and 1; within a container its own group may be their root."""
    with suppress(OSError):
        for line in _OWN.read_text().splitlines():
            _, kinds, group = line.split(":", 2)
            if not kinds:
                yield from (folder / "memory.events" for folder in (_GROUPS / group.lstrip("/"), _GROUPS))
            elif "memory" in kinds.split(","):
                root = _GROUPS / "memory"
                yield from (folder / "memory.oom_control" for folder in (root / group.lstrip("/"), root))
