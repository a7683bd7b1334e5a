"""Jobs of Slurm, submitted through submitit as an array; they write into the run folder, which is watched from here."""

import math
import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

from rich.console import Console

from bench.errors import InputError
from bench.run.executors.claimed import Outcomes
from bench.run.executors.job import Job
from bench.run.executors.packing import pack
from bench.run.executors.where import SlurmJobs
from bench.run.paces import AGREED, agree, timed_pace
from bench.store.folder import RunStore
from bench.store.jobs import JOBS, JobRecord, read_jobs, write_jobs
from bench.store.slurm import is_over, job_states
from bench.suite.cell import Cell

POLL = 2.0
"""Seconds between two looks at the run folder."""
SETTLE = 5
"""Looks after the end of a job until what it wrote must be seen here: file systems on a network take a while."""
_LIVES = 10_000  # how often a job may go on: in each of its lives a cell ends, or fails for want of time


@dataclass
class Slurm:
    """Cells in jobs; jobs of earlier commands that are still in the queue are watched, not submitted again.

    Attributes:
        jobs: what is asked for.
        console: is told which jobs there are.
    """

    jobs: SlurmJobs
    console: Console
    _submitted: dict[str, Any] = field(init=False, default_factory=dict)

    def __call__(self, cells: Sequence[Cell], path: Path) -> Generator[tuple[Cell, str]]:
        """Run cells in jobs; gives each with its error in one line, "" if it is done; nothing if nobody is to watch.

        Raises:
            InputError: Slurm refuses the jobs, or a cell does not fit into one.
        """
        outcomes = Outcomes(path, cells)
        queued = self._queued(path)
        given = {name for one in queued for name in one.cells}
        new = self._submit([cell for cell in cells if cell.id not in given], path, bool(queued))
        if not self.jobs.detach:
            yield from self._watch([*queued, *new], cells, outcomes)

    def _queued(self, path: Path) -> list[JobRecord]:
        """The jobs of earlier commands that wait or run; none where Slurm cannot say, which claims make good."""
        records = read_jobs(path)
        states = self._states([one.job for one in records]) or {}
        return [one for one in records if one.job in states and not is_over(states[one.job])]

    def _submit(self, cells: list[Cell], path: Path, beside_others: bool) -> list[JobRecord]:
        if not cells:
            return []
        packed = pack(cells, self.jobs)
        (path / JOBS).mkdir(exist_ok=True)
        if not beside_others:
            _begin_at_a_pace(path, cells)
        whole = path.absolute()
        arguments: list[list[Any]] = [[whole] * len(packed), packed, [Outcomes(whole, own) for own in packed]]
        submitted = _array(self.jobs, path, Job(self.jobs.device, self.jobs.seconds, self.jobs.usable), arguments)
        self._submitted |= {job.job_id: job for job in submitted}
        records = [
            JobRecord(job.job_id, tuple(cell.id for cell in own), f"{JOBS}/{job.paths.stdout.name}")
            for job, own in zip(submitted, packed, strict=True)
        ]
        write_jobs(path, records)
        self._say(f"submitted {len(cells)} cells in {len(records)} jobs: {_names(records)}; logs in {path / JOBS}")
        return records

    def _watch(
        self, records: Sequence[JobRecord], cells: Sequence[Cell], outcomes: Outcomes
    ) -> Generator[tuple[Cell, str]]:
        """Say how the cells of jobs end, until all have, or their jobs are over."""
        own = {cell.id: cell for cell in cells}
        watched = [_Watched(one.job, deque(own.pop(name) for name in one.cells if name in own)) for one in records]
        try:
            while watched := [one for one in watched if one.cells]:
                states = self._states([one.job for one in watched]) or {}  # before looking for what they wrote
                for one in watched:
                    yield from one.ended(outcomes, states.get(one.job, ""))
                time.sleep(POLL)
        except (GeneratorExit, KeyboardInterrupt):
            self._say(f"the jobs go on, and the same command watches them; `scancel {_names(records)}` ends them")
            raise

    def _states(self, jobs: Sequence[str]) -> Mapping[str, str] | None:
        if self.jobs.cluster == "slurm":
            return job_states(jobs)
        here = self._submitted
        return {job: "COMPLETED" if job not in here or here[job].done() else "RUNNING" for job in jobs}

    def _say(self, text: str) -> None:
        self.console.print(text, markup=False, highlight=False, soft_wrap=True)


@dataclass
class _Watched:
    """A job and those of its cells whose end has not been seen; it runs them one after the other."""

    job: str
    cells: deque[Cell]
    looks: int = 0  # since it is over

    def ended(self, outcomes: Outcomes, state: str) -> Iterator[tuple[Cell, str]]:
        """The cells that have ended since the last look; of a job that is over all, and what it left undone."""
        self.looks += is_over(state)
        over = self.looks > SETTLE
        while self.cells and (over or outcomes.ended(self.cells[0])):
            cell = self.cells.popleft()
            left = f"its job {self.job} was over ({state}) before it ended; the same command submits it again"
            yield cell, outcomes.error(cell) if outcomes.ended(cell) else left


def _array(jobs: SlurmJobs, path: Path, job: Job, arguments: Sequence[Sequence[Any]]) -> list[Any]:
    """Submit jobs.

    Raises:
        InputError: they are refused.
    """
    import submitit
    from submitit.core.utils import FailedJobError

    array = submitit.AutoExecutor(path / JOBS, cluster=jobs.cluster, slurm_max_num_timeout=_LIVES)
    array.update_parameters(
        name="dno-bench",
        timeout_min=math.ceil(jobs.seconds / 60),
        slurm_array_parallelism=jobs.at_once,
        slurm_signal_delay_s=int(jobs.warning),
        slurm_stderr_to_stdout=True,
        slurm_additional_parameters=dict(jobs.sbatch),
    )
    try:
        with redirect_stderr(StringIO()):  # submitit prints what it raises, too
            submitted: list[Any] = array.map_array(job, *arguments)
    except FailedJobError as error:
        raise InputError(f"Slurm refuses the jobs: {' '.join(str(error).split())}") from None
    return submitted


def _begin_at_a_pace(path: Path, cells: Sequence[Cell]) -> None:
    """New jobs go on at the pace of what has ended; where nothing has, at that of the first of them."""
    (path / JOBS / AGREED).unlink(missing_ok=True)
    if before := timed_pace(RunStore(path), cells):
        agree(path / JOBS, before)


def _names(records: Iterable[JobRecord]) -> str:
    """The jobs as `scancel` takes them: an array has one name."""
    return " ".join(dict.fromkeys(one.job.partition("_")[0] for one in records))
