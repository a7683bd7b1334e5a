"""Why a process died: what the system tells of it, and what it does not."""

import signal

import pytest

from bench.run.executors import death


@pytest.fixture
def groups(tmp_path, monkeypatch):
    """The files that tell of control groups."""
    monkeypatch.setattr(death, "_OWN", tmp_path / "own")
    monkeypatch.setattr(death, "_GROUPS", tmp_path / "groups")
    return tmp_path


def put(groups, own, file, text):
    (groups / "own").write_text(own)
    path = groups / "groups" / file
    path.parent.mkdir(parents=True)
    path.write_text(text)


@pytest.mark.parametrize(
    ("own", "file", "text"),
    [
        ("0::/user.slice/one\n", "user.slice/one/memory.events", "low 0\noom 7\noom_kill 3\noom_group_kill 0\n"),
        ("0::/docker/abc\n", "memory.events", "oom 7\noom_kill 3\n"),  # as a container sees its own
        ("5:cpu,cpuacct:/x\n4:memory:/x\n0::/\n", "memory/x/memory.oom_control", "under_oom 0\noom_kill 3\n"),
        ("4:memory:/docker/abc\n", "memory/memory.oom_control", "under_oom 0\noom_kill 3\n"),
    ],
)
def test_kills_are_counted_by_control_groups_of_both_versions(groups, own, file, text):
    put(groups, own, file, text)
    assert death.oom_kills() == 3


@pytest.mark.parametrize("text", ["", "oom 7\n", "oom_kill many\n"])
def test_what_does_not_tell_is_unknown(groups, text):
    assert death.oom_kills() is None
    put(groups, "0::/\n", "memory.events", text)
    assert death.oom_kills() is None


@pytest.mark.parametrize(
    ("status", "before", "now", "why"),
    [
        (3, 0, 1, "died with exit status 3"),
        (0, None, None, "died with exit status 0"),
        (-signal.SIGKILL, 0, 1, "was killed by the kernel, for want of memory"),
        (-signal.SIGKILL, 1, 1, "was killed by signal 9, for want of memory perhaps"),
        (-signal.SIGKILL, None, 1, "was killed by signal 9, for want of memory perhaps"),
        (-signal.SIGKILL, 1, None, "was killed by signal 9, for want of memory perhaps"),
        (-signal.SIGSEGV, 0, 1, "was killed by signal 11 (Segmentation fault)"),
    ],
)
def test_the_reason_is_said_as_far_as_it_is_known(monkeypatch, status, before, now, why):
    monkeypatch.setattr(death, "oom_kills", lambda: now)
    assert death.why_died(status, before) == f"its process {why}"
