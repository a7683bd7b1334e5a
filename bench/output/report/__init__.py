"""One self-contained HTML page of a run, or of several read as one: opens from disk, loads nothing."""

from bench.output.report.page import Written, write_report

__all__ = ["Written", "write_report"]
