"""Jobs through submitit: in this process (`debug`) and as processes of this machine (`local`), which need no Slurm."""

import time
from dataclasses import replace
from io import StringIO

import pytest
import torch
from rich.console import Console

pytest.importorskip("submitit")

from bench.errors import InputError
from bench.output.status import status_lines
from bench.run.campaign import run_suite
from bench.run.executors import slurm as module
from bench.run.executors.slurm import Slurm
from bench.run.executors.where import SlurmJobs, Where
from bench.store.claims import CLAIMS
from bench.store.folder import RunStore
from bench.store.jobs import JOBS, JobRecord, read_jobs, write_jobs
from bench.store.tables import read_scores
from bench.suite.suite import Suite
from tests.support.plugins import HERE
from tests.support.slurm import say

JOBS_HERE = SlurmJobs(seconds=600, at_once=2, device="cpu", cluster="debug")


def suite(*methods, seeds=range(2), budget="20nfe"):
    fields = {"models": [f"{HERE}@gaussian"], "prompts": ["cat"], "rewards": [f"{HERE}@mean"], "budget": budget}
    return Suite.model_validate({"name": "small", "methods": list(methods), "seeds": list(seeds), **fields})


def run(one, path, jobs=JOBS_HERE):
    """The number of failed cells, and what is printed."""
    printed = StringIO()
    console = Console(file=printed, width=200)
    failed = run_suite(one, path, [torch.device("cpu")], "off", console, where=Where(slurm=jobs))
    return failed, printed.getvalue()


@pytest.fixture(autouse=True)
def at_once(monkeypatch, tmp_path):
    """No waiting, and submitit's folder for jobs of this process in a place of its own."""
    monkeypatch.setattr(module, "POLL", 0.01)
    monkeypatch.chdir(tmp_path)


def test_jobs_run_all_cells_and_the_tables_are_those_of_a_local_run(tmp_path):
    asked = suite("base", f"{HERE}@raises")
    failed, printed = run(asked, tmp_path / "jobs")
    assert failed == 2
    assert "submitted 4 cells in 2 jobs: " in printed
    assert "[4/4]" in printed
    assert printed.count("raises: FAILED: ZeroDivisionError: on purpose") == 2
    run_suite(asked, tmp_path / "here", [torch.device("cpu")], "off", Console(quiet=True))
    columns = ["cell", "budget", "best_reward", "status", "denoiser_evals", "pace"]
    ours, theirs = (read_scores(tmp_path / name)[columns] for name in ("jobs", "here"))
    assert ours.equals(theirs)
    assert not (tmp_path / "jobs" / CLAIMS).exists()


def test_what_a_command_with_slurm_writes_down_has_no_device_of_its_own(tmp_path):
    run(suite("base"), tmp_path / "run")
    store = RunStore(tmp_path / "run")
    assert [one["devices"] for one in store.invocations()] == [[]]
    assert {one.ran()["device"] for one in store.cells()} == {"cpu"}


def test_the_same_command_again_submits_only_what_is_left(tmp_path):
    run(suite("base"), tmp_path / "run")
    _, printed = run(suite("base", seeds=range(3)), tmp_path / "run")
    assert "submitted 1 cells in 1 jobs" in printed
    failed, printed = run(suite("base", seeds=range(3)), tmp_path / "run")
    assert (failed, "submitted" in printed) == (0, False)


def test_who_leaves_finds_the_jobs_done_later(tmp_path, monkeypatch):
    path, asked = tmp_path / "run", suite("base", seeds=[0])
    failed, printed = run(asked, path, replace(JOBS_HERE, cluster="local", detach=True))
    assert failed == 0
    assert "submitted 1 cells in 1 jobs" in printed
    (record,) = read_jobs(path)
    for state, word in (("PENDING", "queued"), ("RUNNING", "running")):
        say(tmp_path, monkeypatch, {record.job: state})
        assert status_lines(path)[1].startswith(f"job {record.job}: {word}, ")
    while not list(path.glob("cells/*/done.json")):
        time.sleep(0.05)
    say(tmp_path, monkeypatch, {})
    log = path / JOBS / f"{record.job}_0_log.out"
    assert status_lines(path)[1] == f"job {record.job}: done, 1 of 1 cells ended, log {log}"
    assert "begins " in log.read_text()
    failed, printed = run(asked, path)
    assert (failed, "1 of 1 cells are done already" in printed) == (0, True)


def test_a_job_that_is_over_leaves_what_it_has_not_done(tmp_path, monkeypatch):
    """The first of two cells has ended; the other would be waited for in vain."""
    path, asked = tmp_path / "run", suite("base")
    run(asked.narrowed({"seeds": [0]}), path)
    cells = asked.cells()
    RunStore.create(path, asked, {})
    write_jobs(path, [JobRecord("7_0", tuple(cell.id for cell in cells), "jobs/7_0_0_log.out")])
    say(tmp_path, monkeypatch, {"7_0": "RUNNING"})
    executor = Slurm(replace(JOBS_HERE, cluster="slurm"), Console(quiet=True))
    states = iter(["RUNNING", "RUNNING", "CANCELLED"])
    monkeypatch.setattr(module, "job_states", lambda jobs: dict.fromkeys(jobs, next(states, "CANCELLED")))
    ended = list(executor(cells[1:], path))
    assert ended == [(cells[1], "its job 7_0 was over (CANCELLED) before it ended; the same command submits it again")]
    say(tmp_path, monkeypatch, {"7_0": "CANCELLED"})
    assert "job 7_0: failed (CANCELLED), 1 of 2 cells ended" in "\n".join(status_lines(path))
    assert "submitted 1 cells in 1 jobs" in run(asked, path)[1]


def test_who_stops_watching_leaves_the_jobs_and_is_told_how_to_end_them(tmp_path, monkeypatch):
    path, asked, printed = tmp_path / "run", suite("base"), StringIO()
    RunStore.create(path, asked, {})
    cells = asked.cells()
    (path / JOBS).mkdir()
    write_jobs(path, [JobRecord(f"7_{i}", (cell.id,), "") for i, cell in enumerate(cells)])
    monkeypatch.setattr(module, "job_states", lambda jobs: dict.fromkeys(jobs, "PENDING"))

    def interrupted(seconds):
        raise KeyboardInterrupt

    monkeypatch.setattr(module.time, "sleep", interrupted)
    executor = Slurm(replace(JOBS_HERE, cluster="slurm"), Console(file=printed, width=200))
    with pytest.raises(KeyboardInterrupt):
        list(executor(cells, path))
    assert "the jobs go on, and the same command watches them; `scancel 7` ends them" in printed.getvalue()


def test_jobs_that_slurm_refuses_are_one_line(tmp_path, monkeypatch):
    import submitit

    def refuse(*_):
        raise submitit.core.utils.FailedJobError("sbatch: error: invalid partition specified: gpu\nsbatch: error: ...")

    monkeypatch.setattr(submitit.AutoExecutor, "map_array", refuse)
    with pytest.raises(InputError, match="Slurm refuses the jobs: sbatch: error: invalid partition specified: gpu sba"):
        run(suite("base"), tmp_path / "run")


def test_a_cell_that_fits_into_no_job_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(InputError, match="a cell of 600s takes 750 s"):
        run(suite("base", budget="600s"), tmp_path / "run")
    assert not (tmp_path / "run").exists()
