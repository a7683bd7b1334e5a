"""What the command line says of where cells run, and how long they may be silent."""

import math
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec

from bench.errors import InputError, unknown_name
from bench.suite.budget import Budget
from bench.suite.options import name_list

EXECUTORS = ("local", "shared", "slurm")
JOB_TIME = "4h"
MAX_JOBS = 8
PATIENCE = 20.0
"""Of a command that says nothing else."""
_INSTEAD = {"time": "--job-time", "array": "--max-jobs"}
_FIXED = ("output", "error", "open-mode", "signal", "nodes", "ntasks", "ntasks-per-node", "wrap")
_SHORTEST = 300.0


@dataclass(frozen=True)
class SlurmJobs:
    """What is asked of Slurm.

    Attributes:
        seconds: that a job may take.
        at_once: how many may run at the same time.
        sbatch: further options of `sbatch`, without their dashes; True for one that takes no value.
        device: of a job, as `--device` has it; "" for its first GPU, else its processor.
        detach: whether to leave once they are submitted.
        cluster: of submitit; its `local` and `debug` run jobs on this machine, which need no Slurm.
    """

    seconds: float
    at_once: int = MAX_JOBS
    sbatch: Mapping[str, str | bool] = field(default_factory=dict)
    device: str = ""
    detach: bool = False
    cluster: str = "slurm"

    @property
    def warning(self) -> float:
        """Seconds before its end at which a job is told of it; Slurm may do so a minute early."""
        return min(90.0, self.seconds / 10)

    @property
    def usable(self) -> float:
        """Seconds that a job has for cells, besides imports, loading the model and stopping in order."""
        return min(0.8 * self.seconds, self.seconds - 180)

    def __post_init__(self) -> None:
        """Refuse what no job can be.

        Raises:
            InputError: it is too short, or on several devices.
        """
        if self.seconds < _SHORTEST:
            raise InputError(f"--job-time of {self.seconds:g} s is too short: give at least {_SHORTEST:g}s")
        if "," in self.device:
            raise InputError(f"--device {self.device!r}: a job of Slurm has one device; --max-jobs says how many run")


@dataclass(frozen=True)
class Where:
    """Beside whom cells run, and for how long a silent one.

    Attributes:
        shared: whether other machines run the same command in the same folder.
        slurm: in whose jobs they run; None for this machine.
        patience: budgets of silence after which a process of this machine is ended, as `Local` has it; 0 for never.
    """

    shared: bool = False
    slurm: SlurmJobs | None = None
    patience: float = 0.0

    def require(self) -> None:
        """Make sure that jobs can be submitted from here.

        Raises:
            InputError: something is missing.
        """
        if self.slurm and find_spec("submitit") is None:
            raise InputError('jobs are submitted through submitit, which is not here: pip install "dno-bench[slurm]"')
        if self.slurm and self.slurm.cluster == "slurm" and shutil.which("sbatch") is None:
            raise InputError("there is no `sbatch` on this machine; run the command where jobs of Slurm are submitted")


def choose_where(
    executor: str,
    job_time: str | None = None,
    max_jobs: int | None = None,
    slurm: Sequence[str] | None = None,
    device: str = "",
    detach: bool = False,
    patience: str | None = None,
) -> Where:
    """Where the options of `dno-bench run` say that cells run.

    Raises:
        InputError: the executor is unknown, or an option beside it has no meaning.
    """
    if executor not in EXECUTORS:
        raise unknown_name("executor", executor, EXECUTORS)
    if executor == "slurm":
        if patience is not None:
            raise InputError("--patience is for processes of this machine; a cell that hangs in a job ends with it")
        seconds = job_seconds(job_time or JOB_TIME)
        return Where(slurm=SlurmJobs(seconds, max_jobs or MAX_JOBS, sbatch_options(slurm or []), device, detach))
    given = {"--job-time": job_time, "--max-jobs": max_jobs, "--slurm": slurm, "--detach": detach}
    for option, value in given.items():
        if value:
            raise InputError(f"{option} speaks of jobs, which --executor {executor} has not; add --executor slurm")
    return Where(shared=executor == "shared", patience=PATIENCE if patience is None else patience_budgets(patience))


def job_seconds(text: str) -> float:
    """The seconds of `--job-time`, written as budgets are: `90s`, `30m` or `4h`.

    Raises:
        InputError: it is no time.
    """
    try:
        budget = Budget.parse(text)
    except InputError:
        budget = None
    if budget is None or budget.unit != "seconds":
        raise InputError(f"--job-time {text!r:.80} is no time; write 30m or 4h")
    return budget.amount


def patience_budgets(text: str) -> float:
    """The budgets of `--patience`; 0 for `never`.

    Raises:
        InputError: it is neither a number of budgets nor `never`.
    """
    try:
        budgets = 0.0 if text == "never" else float(text)
    except ValueError:
        budgets = math.nan
    if not 0 <= budgets < math.inf:
        raise InputError(f"--patience {text!r:.80} is no number of budgets; write 20, or never")
    return budgets


def sbatch_options(values: Sequence[str]) -> dict[str, str | bool]:
    """The options of `--slurm`, as in `partition=gpu,gres=gpu:1,exclusive`; one that holds a comma stands in quotes.

    Raises:
        InputError: one is not understood, or is the harness's own.
    """
    found: dict[str, str | bool] = {}
    for word in name_list("--slurm", values):
        name, equals, value = word.lstrip("-").partition("=")
        name = name.replace("_", "-")
        if not re.fullmatch(r"[a-z][a-z-]+", name) or not value.isprintable() or (equals and not value):
            raise InputError(f"--slurm {word!r:.80} is not understood; write NAME=VALUE, such as partition=gpu")
        if name in _INSTEAD or name in _FIXED:
            what = f"give {_INSTEAD[name]} instead" if name in _INSTEAD else "the harness's jobs need their own"
            raise InputError(f"--slurm {word!r:.80}: {what}")
        found[name] = value if equals else True
    return found
