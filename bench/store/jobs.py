"""The jobs of a run, written down when they are submitted: `jobs/<job>.json`, beside what each of them prints."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.errors import note
from bench.store.files import DamagedError, read_json, write_atomically

JOBS = "jobs"
_RECORD = ".job.json"


@dataclass(frozen=True)
class JobRecord:
    """A job and what was given to it.

    Attributes:
        job: Slurm's name for it, such as 12, or 12_3 of an array.
        cells: their names, in the order in which it runs them.
        log: what it prints, within the run folder.
    """

    job: str
    cells: tuple[str, ...]
    log: str

    @property
    def place(self) -> tuple[int, ...]:
        """Orders jobs as they were submitted."""
        return tuple(int(part) for part in self.job.split("_") if part.isdecimal())


def write_jobs(run: Path, records: Iterable[JobRecord]) -> None:
    """Write down jobs that were submitted."""
    for one in records:
        write_atomically(run / JOBS / f"{one.job}{_RECORD}", json.dumps(asdict(one), indent=1) + "\n")


def read_jobs(run: Path) -> list[JobRecord]:
    """All jobs that were submitted for a run, earliest first; of a damaged record a note is left, and claims decide."""
    read = [_read(file) for file in (run / JOBS).glob(f"[!.]*{_RECORD}")]
    return sorted((one for one in read if one is not None), key=lambda one: one.place)


def _read(file: Path) -> JobRecord | None:
    try:
        read = read_json(file, dict)
        return JobRecord(**{**read, "cells": tuple(read["cells"])})
    except (DamagedError, KeyError, TypeError):
        note(f"{file} is no record of a job, and is left out")
        return None
