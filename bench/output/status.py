"""How far a run has come."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.store.folder import RunStore
from bench.store.jobs import JobRecord, read_jobs
from bench.store.slurm import is_at_work, is_over, job_states


def status_lines(path: Path) -> list[str]:
    """How far a run has come, line by line.

    First the counts; then every cell that failed, at first or when it ran once more, or is damaged; then every job.

    Raises:
        InputError: `path` is no run folder.
    """
    store = RunStore.open(path)
    cells = [store.cell(one.cell) for one in store.planned()]
    done = [cell for cell in cells if cell.done]
    failed = {cell.path.name: cell.read("failed") for cell in cells if not cell.done and cell.read("failed")}
    damaged = {cell.path.name: cell.flaw for cell in cells if cell.flaw}
    left = len(cells) - len(done) - len(failed)
    lines = [f"{path}: {len(done)} of {len(cells)} cells done, {len(failed)} failed, {left} left"]
    lines += [f"failed {name}: {why['error']}" for name, why in failed.items()]
    lines += [f"damaged {name}: {flaw}; it runs again" for name, flaw in damaged.items()]
    lines += [
        f"failed again {one.path.name}: {one.read('failed')['error']}; its earlier result stands, see {one.path}"
        for one in store.failed_again()
    ]
    return [*lines, *_job_lines(store, read_jobs(path))]


def _job_lines(store: RunStore, records: Sequence[JobRecord]) -> Iterator[str]:
    states = job_states([one.job for one in records])
    for one in records:
        ended = sum(store.cell(name).ended_at > 0 for name in one.cells)
        what = _what(None if states is None else states[one.job], ended == len(one.cells))
        yield f"job {one.job}: {what}, {ended} of {len(one.cells)} cells ended, log {store.path / one.log}"


def _what(state: str | None, all_ended: bool) -> str:
    """What becomes of a job, of its state in Slurm's words, None where nobody can say."""
    if state is not None and not is_over(state):
        return "running" if is_at_work(state) else "queued"
    if all_ended:
        return "done"
    return "unknown, Slurm cannot be asked here" if state is None else f"failed ({state})"
