"""How far a run has come."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from bench.store.folder import RunStore
from bench.store.jobs import JobRecord, read_jobs
from bench.store.slurm import is_at_work, is_over, job_states


class _Cell(NamedTuple):
    """How a cell ended, why if it failed, and what is damaged of it."""

    kind: str
    error: str
    flaw: str


def status_lines(path: Path) -> list[str]:
    """How far a run has come, line by line.

    First the counts; then every cell that failed, at first or when it ran once more, or is damaged; then every job.

    Raises:
        InputError: `path` is no run folder.
    """
    store, jobs = RunStore.open(path), read_jobs(path)
    states = job_states([one.job for one in jobs])  # before looking for what they wrote
    planned = [one.cell for one in store.planned()]
    of_jobs = [name for job in jobs for name in job.cells]  # some may have left the plan since
    looked = {name: _cell(store, name) for name in dict.fromkeys([*planned, *of_jobs])}
    cells = {name: looked[name] for name in planned}
    failed = {name: one.error for name, one in cells.items() if one.kind == "failed"}
    done = sum(one.kind == "done" for one in cells.values())
    lines = [f"{path}: {done} of {len(cells)} cells done, {len(failed)} failed, {len(cells) - done - len(failed)} left"]
    lines += [f"failed {name}: {error}" for name, error in failed.items()]
    lines += [f"damaged {name}: {one.flaw}; it runs again" for name, one in cells.items() if one.flaw]
    lines += [
        f"failed again {one.path.name}: {one.read('failed')['error']}; its earlier result stands, see {one.path}"
        for one in store.failed_again()
    ]
    return [*lines, *_job_lines(store, jobs, states, looked)]


def _cell(store: RunStore, name: str) -> _Cell:
    end = store.cell(name).end()
    return _Cell(end.kind, str(end.record.get("error", "")), end.flaw)


def _job_lines(
    store: RunStore, jobs: Sequence[JobRecord], states: Mapping[str, str] | None, cells: Mapping[str, _Cell]
) -> Iterator[str]:
    for one in jobs:
        ended = sum(bool(cells[name].kind) for name in one.cells)
        what = _what(None if states is None else states[one.job], ended == len(one.cells))
        yield f"job {one.job}: {what}, {ended} of {len(one.cells)} cells ended, log {store.path / one.log}"


def _what(state: str | None, all_ended: bool) -> str:
    """What becomes of a job, of its state in Slurm's words, None where nobody can say."""
    if state is not None and not is_over(state):
        return "running" if is_at_work(state) else "queued"
    if all_ended:
        return "done"
    return "unknown, Slurm cannot be asked here" if state is None else f"failed ({state})"
