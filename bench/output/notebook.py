"""For notebooks and scripts: a suite run from a mapping, and run folders as data frames."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from bench.output.evidence import Evidence
from bench.run import campaign
from bench.run.devices import parse_devices
from bench.run.tracking import choose_mode
from bench.suite.suite import load_suite, suite_from


def load(*runs: str | Path) -> Evidence:
    """Run folders as data frames; several are read as one where that is fair.

    Returns:
        `scores`, one row a planned cell and budget; `curves`, one row a yield; `summary`, one row a method and budget;
        `sets`, one row a set of samples. Each is read when it is first asked for.

    Raises:
        InputError: one is no run folder. Reading raises it where nothing has ended, or the runs may not be pooled.
    """
    return Evidence([Path(run) for run in runs])


def run_suite(
    suite: str | Mapping[str, Any], out: str | Path | None = None, device: str = "", wandb: str | None = None
) -> Evidence:
    """Run a suite as `dno-bench run` does; the same call again continues it.

    Args:
        suite: the fields of a suite file, the path of one, or the name of a shipped suite.
        out: the run folder, by default results/runs/NAME.
        device: cpu, cuda, or several, by default the first GPU where there is one.
        wandb: off, offline or online, by default online where a key is at hand.

    Returns:
        What `load` gives of the run. A cell that failed has the status `failed` there.

    Raises:
        InputError: the suite is invalid, weights are missing, or the folder is not fit for it.
    """
    chosen = load_suite(suite) if isinstance(suite, str) else suite_from(suite)
    path = Path(out or Path("results", "runs", chosen.name))
    campaign.run_suite(chosen, path, parse_devices(device), choose_mode(wandb), Console())
    return load(path)
