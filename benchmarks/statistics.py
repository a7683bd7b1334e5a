"""How long the cluster bootstrap takes, from cells to bands: 10,000 resamples of all methods at all grid points.

python -m benchmarks.statistics
"""

import argparse
import time

import numpy as np
import pandas as pd

from bench.analysis.intervals import DRAWS, Kind, cluster_interval, resample_weights, strict_mean


def bands(cells: pd.DataFrame, kind: Kind) -> None:
    """Average the seeds of each prompt, and estimate every column with its interval."""
    cluster_interval(strict_mean(cells, ["prompt"], list(cells.columns)).to_numpy(), kind=kind)


def main() -> None:
    """Print the seconds of each kind of interval, the resampling itself included."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, size in {"prompts": 40, "seeds": 5, "methods": 10, "points": 200}.items():
        parser.add_argument(f"--{name}", type=int, default=size)
    options = parser.parse_args()
    rows = pd.MultiIndex.from_product([range(options.prompts), range(options.seeds)], names=["prompt", "seed"])
    columns = options.methods * options.points
    cells = pd.DataFrame(np.random.default_rng(0).normal(size=(len(rows), columns)), index=rows)
    for kind in ("percentile", "bca"):
        resample_weights.cache_clear()
        start = time.perf_counter()
        bands(cells, kind)
        print(f"{kind}: {time.perf_counter() - start:.2f} s, {DRAWS} resamples, {columns} series")


if __name__ == "__main__":
    main()
