"""A DNO step of ours beside that of the official loop; `python -m benchmarks.dno_step`."""
