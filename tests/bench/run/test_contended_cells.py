"""From command to table: which cells had to share the machine, and how they are run again."""

import json
import math
import shlex
from html import escape
from itertools import count
from signal import SIGINT

import pytest

from bench.errors import Interrupted
from bench.run import processor
from bench.run.gpu import Reading
from bench.store.folder import RunStore
from bench.store.tables import contended_cells, read_scores
from tests.support.cli import dno_bench
from tests.support.gpu import ScriptedGpu

MS = 0.001
SUITE = """\
name: small
models: [ring]
prompts: [ring]
rewards: [ring-waves]
methods: [base, best-of-n]
seeds: [0, 1]
budget: 400nfe
"""


class Machine:
    """How fast the machine is, at each beginning and end of a cell that runs on it; at full speed once that is told."""

    def __init__(self):
        self.steps = []

    def step_seconds(self, loaded, prompt):
        now = self.steps.pop(0) if self.steps else MS
        if isinstance(now, BaseException):
            raise now
        return now


@pytest.fixture
def machine(monkeypatch):
    """Nobody waits for a processor on it."""
    scripted = Machine()
    monkeypatch.setattr("bench.run.machine.step_seconds", scripted.step_seconds)
    monkeypatch.setattr(processor, "_waited", lambda task: 0.0)
    monkeypatch.setattr("bench.cli._plot_if_changed", lambda *_: None)  # plots say nothing of it and take seconds
    return scripted


@pytest.fixture
def home(tmp_path, machine):
    """A run of four cells whose third, base with seed 1, found the machine at half its speed."""
    (tmp_path / "small.yaml").write_text(SUITE)
    machine.steps = [MS, MS, MS, MS, 2 * MS, 2 * MS, MS, MS]
    tmp_path.joinpath("first.txt").write_text(run(tmp_path).stdout)
    return tmp_path


def run(home, *options, status=0):
    done = dno_bench("run", "small.yaml", "--wandb", "off", *options, cwd=home)
    assert done.returncode == status, done.stderr
    return done


def path(home):
    return home / "results" / "runs" / "small"


def written(home):
    """When each cell ended."""
    return {cell.path.name: cell.ended_at for cell in RunStore.open(path(home)).cells()}


def scores_of(home):
    return (path(home) / "scores.csv").read_bytes()


def plain_markdown(folder, cwd):
    return dno_bench("table", folder, "--format", "md", cwd=cwd).stdout.replace("\\", "")


def test_a_contended_cell_is_marked_counted_and_named(home):
    scores = read_scores(path(home))
    marked = scores[scores["contended"] == 1]
    assert marked[["method", "seed"]].drop_duplicates().to_numpy().tolist() == [["base", 1]]
    assert set(marked["step_speed"]) == {0.5}
    assert (scores["cpu_share"] == 1).all()
    assert "contended" in (path(home) / "scores.csv").read_text().partition("\n")[0]
    (name,) = set(marked["cell"])
    said = " ".join((home / "first.txt").read_text().split())
    assert "Contended: 1 of 4 cells, which had to share the machine" in said
    for layout in ("cost", "pairwise"):
        table = dno_bench("table", path(home), "--layout", layout, "--format", "md", cwd=home)
        assert "Contended: 1 of 4 cells" in table.stdout
    assert dno_bench("report", path(home), cwd=home).returncode == 0
    page = (path(home) / "report.html").read_text()
    assert f'<th scope="row">{name}</th><td>small</td><td>100 %</td><td>50 %</td>' in page


def test_what_to_type_is_named_and_runs_them_again(home, machine):
    machine.steps = [MS, MS, MS, MS, 2 * MS, 2 * MS, MS, MS]
    run(home, "--out", "my run", "--redo=contended", "--budget", "300nfe")
    command = "dno-bench run small.yaml --wandb off --budget 300nfe --out 'my run' --redo contended"
    assert f"run again by `{command}`" in plain_markdown("my run", cwd=home)
    dno_bench("report", "my run", cwd=home)
    page = (home / "my run" / "report.html").read_text()
    assert f"<code>{escape(command)}</code>" in page.replace("&#39;", "&#x27;")
    assert dno_bench(*shlex.split(command)[1:], cwd=home).returncode == 0
    assert contended_cells(RunStore.open(home / "my run")) == set()


def test_of_a_run_of_several_commands_the_suite_is_left_open(home):
    run(home, "--seeds", "7")
    said = plain_markdown(path(home), cwd=home)
    assert f"`dno-bench run SUITE --out {path(home)} --redo contended`" in said


def test_contended_cells_alone_run_again_and_the_mark_goes(home):
    before, (name,) = written(home), contended_cells(RunStore.open(path(home)))
    printed = run(home, "--redo", "contended").stdout
    assert "1 contended cells run again" in printed
    assert "[1/1] ring-waves | ring | seed 1 | base: reward" in printed
    assert "Contended" not in printed
    after = written(home)
    assert [one for one in after if after[one] != before[one]] == [name]
    assert contended_cells(RunStore.open(path(home))) == set()
    assert "4 of 4 cells are done already" in run(home, "--redo", "contended").stdout
    assert not (path(home) / "again").exists()


def test_without_being_asked_nothing_runs_again(home):
    before = written(home)
    assert "4 of 4 cells are done already" in run(home).stdout
    assert written(home) == before


@pytest.mark.parametrize(("happens", "status"), [(Interrupted(SIGINT), 130), (RuntimeError("on purpose"), 1)])
def test_a_result_stands_until_the_new_one_is_whole(home, machine, happens, status):
    before, scores = written(home), scores_of(home)
    machine.steps = [MS, happens]  # when the method has ended
    done = run(home, "--redo", "contended", status=status)
    assert ("on purpose; its earlier result stands" in done.stdout) == (status == 1)
    assert written(home) == before
    assert scores_of(home) == scores
    run(home, "--redo", "contended")
    assert contended_cells(RunStore.open(path(home))) == set()


def test_a_kill_between_old_and_new_loses_neither(home):
    store = RunStore.open(path(home))
    (name,) = contended_cells(store)
    again = store.path / "again"
    again.mkdir()
    # The old one has made way, the new one has not come.
    store.cell(name).path.rename(again / name)
    done = json.loads((again / name / "done.json").read_text())
    (again / name / "done.json").write_text(json.dumps({**done, "overshoot": 7.0}))
    assert "4 of 4 cells are done already" in run(home).stdout
    assert store.cell(name).read("done")["overshoot"] == 7.0
    assert not again.exists()


def test_a_kill_after_the_new_one_came_leaves_nothing_behind(home):
    (name,) = contended_cells(RunStore.open(path(home)))
    old, half = path(home) / "again" / f".{name}", path(home) / "again" / "half"
    for one in (old, half):
        one.mkdir(parents=True)
    (old / "done.json").write_text("{}")
    before = written(home)
    run(home)
    assert written(home) == before
    assert not (path(home) / "again").exists()


def test_why_a_cell_failed_when_it_ran_again_is_said_to_lie_where_it_does(home, machine):
    (name,) = contended_cells(RunStore.open(path(home)))
    again = path(home) / "again"
    machine.steps = [MS, RuntimeError("on purpose")]
    said = run(home, "--redo", "contended", status=1).stdout
    assert "1 cells failed; see failed.json in their folders under results/runs/small/cells, or" in said
    assert "results/runs/small/again where an earlier result stands" in said
    run(home)
    assert json.loads((again / name / "failed.json").read_text())["error"] == "RuntimeError: on purpose"
    status = dno_bench("status", path(home), cwd=home).stdout
    assert f"failed again {name}: RuntimeError: on purpose; its earlier result stands, see {again / name}" in status
    run(home, "--redo", "contended")
    assert not again.exists()
    assert "failed again" not in dno_bench("status", path(home), cwd=home).stdout


def test_a_redo_that_is_interrupted_goes_on_with_what_it_did_not_reach(home, machine):
    (home / "small.yaml").write_text(SUITE.replace("[0, 1]", "[0, 1, 2, 3]"))
    machine.steps = [MS] * 8 + [2 * MS] * 6
    run(home, "--out", "more")
    store = RunStore.open(home / "more")
    first, second, third = sorted(contended_cells(store), key=lambda name: store.cell(name).ended_at)
    before = {name: store.cell(name).ended_at for name in (first, second, third)}
    # The first is as slow as before; then the interrupt.
    for _ in range(3):
        machine.steps = [2 * MS, 2 * MS, Interrupted(SIGINT)]
        run(home, "--out", "more", "--redo", "contended", status=130)
    assert all(store.cell(name).ended_at > before[name] for name in before)


def test_a_misspelt_kind_is_refused_before_anything_runs(tmp_path):
    (tmp_path / "small.yaml").write_text(SUITE)
    done = run(tmp_path, "--redo", "contented", status=2)
    assert "contended" in done.stderr
    assert not (tmp_path / "results").exists()


def test_a_run_whose_device_was_mostly_idle_says_so(tmp_path, monkeypatch, machine):
    monkeypatch.setattr("bench.run.loaded.open_gpu", lambda device, note: ScriptedGpu(Reading(0.3, 0.2, 700.0)))
    (tmp_path / "small.yaml").write_text(SUITE)
    printed = " ".join(run(tmp_path).stdout.split())
    assert "The device was busy 30 % of the method time: its seconds measure the host." in printed
    scores = read_scores(path(tmp_path))
    assert scores["device_busy"].tolist() == pytest.approx([0.3] * len(scores))
    assert scores["sm_busy"].tolist() == pytest.approx([0.2] * len(scores))
    assert (scores["energy_joules"] == 0).all()
    table = dno_bench("table", path(tmp_path), "--layout", "cost", "--format", "md", cwd=tmp_path).stdout
    assert "device busy" in table
    assert "energy (J)" in table
    assert dno_bench("report", path(tmp_path), cwd=tmp_path).returncode == 0
    assert "<td>0</td><td>1980</td><td>30 %</td><td>20 %</td><td>0</td>" in (path(tmp_path) / "report.html").read_text()


def test_a_processor_has_no_such_columns(home):
    scores = read_scores(path(home))
    assert scores[["device_busy", "sm_busy", "energy_joules"]].isna().all(axis=None)
    assert "device busy" not in (home / "first.txt").read_text()


def test_each_cell_says_what_it_had(home):
    for cell in RunStore.open(path(home)).cells():
        done = cell.read("done")
        assert done["processors"] > 0
        own = done["machine"]
        assert own["cpu_seconds"] > 0
        assert len(own["step_seconds"]) == len(own["load_average"]) == 2
        assert not math.isnan(own["waited_seconds"])


def test_seconds_at_another_pace_are_not_run_again_beside_results_that_stand(home, monkeypatch):
    (home / "small.yaml").write_text(SUITE.replace("400nfe", "0.05s"))
    waited = count(step=10)
    with monkeypatch.context() as busy:
        busy.setattr(processor, "_waited", lambda task: next(waited))
        run(home, "--out", "timed")
    assert len(contended_cells(RunStore.open(home / "timed"))) == 4
    scores = (home / "timed" / "scores.csv").read_bytes()
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr("bench.run.campaign.paces_here", lambda devices: {"another device"})
        done = run(home, "--out", "timed", "--redo", "contended", status=2)
    assert "seconds of different devices are not compared" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert (home / "timed" / "scores.csv").read_bytes() == scores
    assert not (home / "timed" / "again").exists()
    assert dno_bench("table", home / "timed", cwd=home).returncode == 0
