"""How long the intervals take, from cells to bands: all methods at all grid points at once.

python -m benchmarks.statistics
"""

import argparse
import time

import numpy as np
import pandas as pd

from bench.analysis.intervals import DRAWS, FEW_PROMPTS, interval, resample_weights, strict_mean


def bands(cells: pd.DataFrame) -> None:
    """Average the seeds of each prompt, and estimate every column with its interval."""
    interval(strict_mean(cells, ["prompt"], list(cells.columns)).to_numpy())


def main() -> None:
    """Print the seconds of the intervals, the resampling itself included."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, size in {"prompts": 40, "seeds": 5, "methods": 10, "points": 200}.items():
        parser.add_argument(f"--{name}", type=int, default=size)
    options = parser.parse_args()
    rows = pd.MultiIndex.from_product([range(options.prompts), range(options.seeds)], names=["prompt", "seed"])
    columns = options.methods * options.points
    cells = pd.DataFrame(np.random.default_rng(0).normal(size=(len(rows), columns)), index=rows)
    kind = f"bootstrap, {DRAWS} resamples" if options.prompts >= FEW_PROMPTS else "Student's t"
    resample_weights.cache_clear()
    start = time.perf_counter()
    bands(cells)
    print(f"{time.perf_counter() - start:.2f} s: {kind}, {columns} series")


if __name__ == "__main__":
    main()
