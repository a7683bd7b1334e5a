"""The folder that is made up: commands take it for a run that was killed, are timed, and leave it as it was."""

import re

import pytest

from benchmarks.large_store import command, large_suite, write


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("large") / "run"
    write(path, large_suite(methods=2, prompts=2, seeds=1), events=3, left=2)
    return path


@pytest.mark.parametrize("part", ["resume", "status"])
def test_commands_are_timed_and_leave_what_is_left(path, capsys, part):
    before = sorted(path.glob("cells/*"))
    assert len(before) == 2 * 2 * 3 - 2
    command(part, path)
    figures = r"\d+\.\d s \(\d+\.\d s of one core, imports included\), (\d+) MiB at most\n"
    said = re.fullmatch(f"{part}: {figures}", capsys.readouterr().out)
    assert int(said[1]) > 10
    assert sorted(path.glob("cells/*")) == before


def test_a_command_that_is_refused_is_no_figure(tmp_path):
    with pytest.raises(RuntimeError, match=r"status ended with exit status 2:\nerror: .* is not a run folder"):
        command("status", tmp_path)
