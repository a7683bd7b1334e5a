"""The commands that show a run: of one folder or several, wherever their output goes."""

import pytest

from tests.support.cli import dno_bench
from tests.support.runs import make_run


@pytest.fixture
def home(tmp_path):
    for seed in (0, 1):
        make_run(tmp_path / f"seed{seed}", seeds=(seed,))
    return tmp_path


def test_plots_of_several_runs_lie_where_they_are_asked_for(home):
    done = dno_bench("plot", "seed0", "seed1", "--only", "seeds", "--out", "both", cwd=home)
    assert done.returncode == 0, done.stderr
    assert "plot    both/seeds.png" in done.stdout
    assert (home / "both" / "seeds.csv").read_text().count("\n") == 1 + 2 * 2 * 2
    assert not (home / "seed0" / "plots").exists()


@pytest.mark.parametrize("command", [("plot", "--only", "intervals"), ("report",)])
def test_a_folder_that_cannot_be_written_is_one_line_that_proposes_another(home, command):
    name, *options = command
    # What stands in the way of root, too: a file where a folder must be made.
    (home / "seed0" / "plots").write_text("")
    (home / "seed0" / "report.html").mkdir()
    refused = dno_bench(name, "seed0", *options, cwd=home)
    assert refused.returncode == 2
    assert refused.stderr.startswith("error: cannot write seed0/")
    assert refused.stderr.rstrip().endswith("name another place with --out")
    assert refused.stderr.count("\n") == 1
    done = dno_bench(name, "seed0", *options, "--out", "elsewhere", cwd=home)
    assert done.returncode == 0, done.stderr
    assert (home / "elsewhere").exists()
