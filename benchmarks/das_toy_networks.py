"""How the published values of `das-toy` hang on the network: others, trained from other seeds, in the suite's cells.

    python -m benchmarks.das_toy_networks gmm-1 --seeds 1,2,3,4,5 --out networks.csv

Prints the mean reward of each method on each network, with its standard error over cells; `weighted` is the mean under
the particles' weights. A network takes 1 to 3 minutes to train, and its cells half a minute.
"""

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import torch

from bench.models.das_toy import DasToyModel
from bench.models.das_toy.data import DATA
from bench.models.das_toy.network import PointDenoiser
from bench.models.das_toy.train import train
from bench.problem import Candidates, seeded_problem
from bench.suite.cell import Cell
from bench.suite.suite import load_suite


def cells_of(data: str) -> list[Cell]:
    """The cells of the suite `das-toy` that run on the network for the data of this name."""
    return [cell for cell in load_suite("das-toy").planned() if cell.model == data]


def rows(cells: Iterable[Cell], denoiser: PointDenoiser) -> Iterator[dict[str, Any]]:
    """One row a cell: what its first offer has earned on another network."""
    for cell in cells:
        offered = _first_offer(cell, denoiser)
        weighted = offered.info.get("weighted_reward")
        yield {"method": cell.method, "reward": float(offered.rewards.mean()), "weighted": weighted}


def _first_offer(cell: Cell, denoiser: PointDenoiser) -> Candidates:
    spec = cell.create_model()
    model = DasToyModel(torch.device("cpu"), denoiser, spec.steps, eta=1.0)
    problem = seeded_problem(model, cell.create_reward(), cell.prompt, cell.seed, model_name="das-toy")
    return next(offered for offered in cell.create_method().run(problem) if offered is not None)


def main() -> None:
    """Train and measure what the command line asks for, print it, write it as CSV."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", choices=DATA)
    parser.add_argument("--seeds", default="1,2,3,4,5", help="of the trainings")
    parser.add_argument("--out", type=Path, help="a CSV file")
    options = parser.parse_args()
    cells, found = cells_of(options.data), []
    for seed in map(int, options.seeds.split(",")):
        denoiser = train(options.data, DATA[options.data].epochs, seed)
        means = pd.DataFrame(rows(cells, denoiser)).groupby("method")
        found.append(means.mean().join(means["reward"].sem().rename("se")).assign(network=seed).reset_index())
        print(found[-1].to_string(index=False), flush=True)
        if options.out:
            pd.concat(found).to_csv(options.out, index=False)


if __name__ == "__main__":
    main()
