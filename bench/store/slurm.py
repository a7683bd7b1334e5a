"""What Slurm says of its jobs: asked through `squeue`, which needs no accounting database."""

import os
import subprocess
import time
from collections.abc import Iterable
from functools import lru_cache

ENDED = frozenset([
    "BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED", "NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED", "REVOKED",
    "TIMEOUT",
])  # fmt: skip
"""States that a job does not leave; one that is requeued is PENDING again."""
FORGOTTEN = "GONE"
"""In place of the state of a job that Slurm lists no more: it forgets those that ended a few minutes ago."""
_AT_WORK = frozenset(["RUNNING", "COMPLETING", "SUSPENDED", "STOPPED", "SIGNALING", "RESIZING", "STAGE_OUT"])
_FRESH = 5.0  # seconds for which an answer holds: a controller serves many users
_PATIENCE = 60


def this_job() -> str:
    """The job that this process belongs to, such as 12, or 12_3 of an array; "" outside Slurm."""
    array, task = os.environ.get("SLURM_ARRAY_JOB_ID"), os.environ.get("SLURM_ARRAY_TASK_ID")
    return f"{array}_{task}" if array and task else os.environ.get("SLURM_JOB_ID", "")


def job_states(jobs: Iterable[str]) -> dict[str, str] | None:
    """The state of each job, in Slurm's words or `FORGOTTEN`; None where Slurm cannot be asked or does not answer."""
    asked = list(jobs)
    whole = sorted({job.partition("_")[0] for job in asked})
    known = _listed(",".join(whole), time.monotonic() // _FRESH) if asked else {}
    return None if known is None else {job: known.get(job, FORGOTTEN) for job in asked}


@lru_cache(maxsize=16)
def _listed(jobs: str, _when: float) -> dict[str, str] | None:
    command = ["squeue", "--noheader", "--array", "--states=all", "--format=%i %T", f"--jobs={jobs}"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE)
    except (OSError, subprocess.TimeoutExpired):
        return None
    if answer.returncode and "Invalid job id" not in answer.stderr:
        return None
    return dict(line.split(maxsplit=1) for line in answer.stdout.splitlines())


def is_over(state: str) -> bool:
    """Whether a job in this state runs no more."""
    return state == FORGOTTEN or state in ENDED


def is_at_work(state: str) -> bool:
    """Whether processes of a job in this state may be alive; those of one that waits in the queue are not."""
    return state in _AT_WORK
