"""What `--executor` and the options of jobs mean, and what is refused."""

import pytest

from bench.errors import InputError
from bench.run.executors.where import SlurmJobs, Where, choose_where


def test_without_a_word_cells_run_here():
    assert choose_where("local") == Where(patience=20)
    assert choose_where("shared", patience="2.5") == Where(shared=True, patience=2.5)


def test_without_patience_cells_run_in_this_process():
    assert choose_where("local", patience="never") == choose_where("local", patience="0") == Where()


def test_options_of_sbatch_are_passed_on_as_they_are_written():
    words = ["partition=gpu,gres=gpu:1,exclusive", '"nodelist=n1,n2"', "--mail_type=END"]
    place = choose_where("slurm", "30m", 3, words, "cuda", detach=True)
    sbatch = {"partition": "gpu", "gres": "gpu:1", "exclusive": True, "nodelist": "n1,n2", "mail-type": "END"}
    assert place == Where(slurm=SlurmJobs(1800, 3, sbatch, "cuda", detach=True))
    assert choose_where("slurm").slurm == SlurmJobs(4 * 3600, 8)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"executor": "slrum"}, "unknown executor 'slrum'; did you mean 'slurm'"),
        ({"executor": "local", "detach": True}, "--detach speaks of jobs, which --executor local has not"),
        ({"executor": "shared", "slurm": ["partition=gpu"]}, "--slurm speaks of jobs"),
        ({"executor": "slurm", "job_time": "4"}, "--job-time '4' is no time; write 30m or 4h"),
        ({"executor": "slurm", "patience": "20"}, "--patience is for processes of this machine"),
        ({"executor": "local", "patience": "-1"}, "--patience '-1' is no number of budgets; write 20, or never"),
        ({"executor": "local", "patience": "inf"}, "is no number of budgets"),
        ({"executor": "local", "patience": "10s"}, "is no number of budgets"),
        ({"executor": "local", "patience": ""}, "is no number of budgets"),
        ({"executor": "slurm", "job_time": "500nfe"}, "--job-time '500nfe' is no time"),
        ({"executor": "slurm", "job_time": "30s"}, "too short: give at least 300s"),
        ({"executor": "slurm", "device": "cuda:0,cuda:1"}, "a job of Slurm has one device"),
        ({"executor": "slurm", "slurm": ["time=4"]}, "give --job-time instead"),
        ({"executor": "slurm", "slurm": ["array=0-3"]}, "give --max-jobs instead"),
        ({"executor": "slurm", "slurm": ["signal=TERM"]}, "the harness's jobs need their own"),
        ({"executor": "slurm", "slurm": ["partition="]}, "'partition=' is not understood"),
        ({"executor": "slurm", "slurm": ["comment=a\x0brm -rf b"]}, "is not understood"),
        ({"executor": "slurm", "slurm": ["Partition=gpu"]}, "'Partition=gpu' is not understood"),
    ],
)
def test_what_makes_no_sense_is_one_clear_line(arguments, message):
    with pytest.raises(InputError, match=message) as refused:
        choose_where(**arguments)
    assert "\n" not in str(refused.value)


def test_where_jobs_cannot_be_submitted_that_is_said_first(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    place = choose_where("slurm")
    monkeypatch.setattr("bench.run.executors.where.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r'pip install "dno-bench\[slurm\]"'):
        place.require()
    monkeypatch.setattr("bench.run.executors.where.find_spec", lambda name: True)
    with pytest.raises(InputError, match="there is no `sbatch` on this machine"):
        place.require()
    Where(shared=True).require()
