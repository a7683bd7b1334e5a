"""The benchmark of commands times only what ended as it must."""

import pytest

from benchmarks.startup import REFUSED, best


def test_a_program_that_ends_as_it_must_is_timed(tmp_path):
    assert best("", (), 1, tmp_path).wall > 0
    assert best("raise SystemExit(2)", REFUSED, 1, tmp_path).wall > 0


@pytest.mark.parametrize(("code", "arguments"), [("raise SystemExit('broken on purpose')", ("list",)), ("", REFUSED)])
def test_what_ends_otherwise_is_an_error_with_what_it_said(tmp_path, code, arguments):
    with pytest.raises(RuntimeError, match="ended with exit status") as raised:
        best(code, arguments, 1, tmp_path)
    assert ("broken on purpose" in str(raised.value)) == bool(code)
