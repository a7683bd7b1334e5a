"""A real Slurm of one node: jobs side by side, one cancelled, one told that its time is over, and the rest later."""

import re
import shutil
import tempfile
import time
from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
import torch
from rich.console import Console

from bench.errors import InputError
from bench.output.status import status_lines
from bench.run.campaign import run_suite
from bench.run.executors.where import SlurmJobs, Where
from bench.store.folder import RunStore
from bench.store.jobs import JOBS, read_jobs
from bench.store.tables import read_scores
from bench.suite.suite import Suite
from tests.support.plugins import HERE
from tests.support.slurm import Cluster, ask, missing

pytest.importorskip("submitit")
pytestmark = pytest.mark.skipif(bool(missing()), reason=f"Slurm is not installed: {', '.join(missing())}")

SEEDS = 20
CPU = [torch.device("cpu")]


@pytest.fixture(scope="module")
def cluster():
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    one = Cluster(folder)
    yield one
    one.stop()
    shutil.rmtree(folder, ignore_errors=True)


def suite():
    """Forty cells, half of them of half a second."""
    fields = {"models": [f"{HERE}@gaussian"], "prompts": ["cat"], "rewards": [f"{HERE}@mean"], "budget": "40nfe"}
    return Suite.model_validate(
        {"name": "small", "methods": ["base", f"{HERE}@slow"], "seeds": list(range(SEEDS)), **fields}
    )


def run(path, detach):
    printed = StringIO()
    jobs = SlurmJobs(seconds=600, at_once=2, sbatch={"cpus-per-task": "1", "mem": "0"}, device="cpu", detach=detach)
    console = Console(file=printed, width=200)
    return run_suite(suite(), path, CPU, "off", console, where=Where(slurm=jobs)), printed.getvalue()


def wait_until(condition, cluster, patience=120):
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, f"{ask('squeue')}\n{cluster.logs()}"
        time.sleep(0.1)


def ended(path, record):
    return sum(RunStore(path).cell(name).ended_at > 0 for name in record.cells)


def test_forty_cells_through_jobs_that_are_cancelled_and_run_out_of_time(cluster, tmp_path, monkeypatch):
    path = tmp_path / "run"
    assert run(path, detach=True)[0] == 0
    first, second = read_jobs(path)
    wait_until(lambda: ended(path, first) > 2 and ended(path, second) > 2, cluster)

    ask("scancel", first.job)
    ask("scancel", "--signal=USR2", second.job)  # what Slurm does before the end of a job's time
    wait_until(
        lambda: "stops" in (path / second.log).read_text() and "stops" in (path / first.log).read_text(), cluster
    )
    wait_until(lambda: "PENDING" in ask("squeue", "--noheader", "--format=%T", f"--jobs={second.job}"), cluster)
    left = [sum(not RunStore(path).cell(name).done for name in one.cells) for one in (first, second)]
    assert min(left) > 0
    wait_until(lambda: f"job {first.job}: failed" in "\n".join(status_lines(path)), cluster)
    assert f"job {second.job}: queued" in "\n".join(status_lines(path))
    ask("scontrol", "update", f"JobId={second.job}", "StartTime=now")  # Slurm lets it wait for two minutes

    failed, printed = run(path, detach=False)
    assert failed == 0, printed
    assert f"submitted {left[0]} cells in " in printed
    assert "of 40 cells are done already" in printed
    wait_until(lambda: all(": done, " in line for line in status_lines(path)[1:]), cluster)

    says = "\n".join(file.read_text() for file in (path / JOBS).glob("*_log.out"))
    begun = Counter(re.findall(r"^begins (\S+)$", says, re.M))
    complete = Counter(re.findall(r"^ended  (\S+): ", says, re.M))
    assert max(complete.values()) == 1
    assert len(complete) == 40
    assert sum(begun.values()) == 40 + 2  # the two that were at work when their jobs were stopped

    run_suite(suite(), tmp_path / "here", CPU, "off", Console(quiet=True))
    columns = ["cell", "budget", "best_reward", "last_reward", "status", "denoiser_evals", "reward_calls", "pace"]
    ours, theirs = (read_scores(one)[columns] for one in (path, tmp_path / "here"))
    assert ours.equals(theirs)
    assert (path / JOBS / f"{second.job}.provenance.json").exists()


def test_what_slurm_refuses_is_one_line(cluster, tmp_path, capfd):
    where = Where(slurm=SlurmJobs(seconds=600, sbatch={"partition": "nowhere"}))
    with pytest.raises(InputError, match=r"Slurm refuses the jobs: .*invalid partition specified: nowhere"):
        run_suite(suite(), tmp_path, CPU, "off", Console(quiet=True), where=where)
    assert capfd.readouterr().err == ""
