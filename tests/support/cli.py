"""The command line in this process: what a command prints and how it ends, without waiting for torch to be imported.

Cells run in it, too, unless `--patience` is given: a test may put something in the place of what they use.
"""

import contextlib
import io
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from bench import cli


@dataclass
class Done:
    returncode: int
    stdout: str
    stderr: str


def dno_bench(*arguments, cwd, **environment):
    """`dno-bench ARGUMENTS` in the folder `cwd`, with further environment variables."""
    own = {"DNO_BENCH_CACHE": str(Path(cwd) / "cache"), "NO_PROXY": "127.0.0.1", **environment}
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(cwd),
        mock.patch.dict("os.environ", own),
        mock.patch.object(sys, "argv", ["dno-bench", *map(str, arguments)]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        mock.patch("warnings.showwarning"),
        mock.patch("bench.run.executors.where.PATIENCE", 0.0),
    ):
        status = _status()
    return Done(status, out.getvalue(), err.getvalue())


def _status():
    try:
        cli.main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0
