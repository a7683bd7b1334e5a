"""Peak memory and seconds a yield, by model and method, at the models' full size with random weights.

    python -m benchmarks.memory --models sd15,sdxl --device cuda --out memory.csv

The reward is the mean pixel, so that the figures are the model's and the method's; a neural reward adds its own.
"""

import argparse
import gc
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd
import torch

from bench.models.latent import LatentModel
from bench.models.precision import dtype_of
from bench.problem import seeded_problem
from bench.registry import METHODS, MODELS, REWARDS
from benchmarks.architectures import BUILDERS, PARAMETERS, build
from benchmarks.peak import GIB, Peak

METHODS_MEASURED = ("base", "best-of-n", "dno", "dno-regularized", "dno-hybrid-2", "doodl")
YIELDS = 2  # the first only samples, the second also holds an update


def load(name: str, recompute: str, device: torch.device) -> LatentModel:
    """The model called `name`, its denoiser held to its published size."""
    spec = MODELS.get(name).create({"recompute": recompute})
    model: LatentModel = spec.around(build(name, dtype_of("auto", device), device), device)
    size = sum(one.numel() for one in model._network.parameters())
    if size != PARAMETERS[name]:
        raise RuntimeError(f"{name}: {size:,} parameters, published {PARAMETERS[name]:,}")
    return model


def measure(model: LatentModel, method: str, device: torch.device) -> dict[str, float | None]:
    """Peak memory in GiB, weights and what graphs compute in included, and the seconds of the last yield."""
    problem = seeded_problem(model, REWARDS.get("darkness").create({}), "a white duck", seed=0, model_name="memory")
    peak, marks = Peak(device, model.replay), [time.perf_counter()]
    with peak.watch():
        for _ in islice(METHODS.get(method).create({}).run(problem), YIELDS):
            torch.cuda.synchronize(device)
            marks.append(time.perf_counter())
    return {"peak_gib": peak.gib, "seconds": marks[-1] - marks[-2]}


def rows(model: str, recomputes: list[str], methods: list[str], device: torch.device) -> Iterator[dict[str, Any]]:
    """One row a way to recompute and method; what does not fit is a row that says so."""
    for recompute in recomputes:
        loaded = load(model, recompute, device)
        weights = torch.cuda.memory_allocated(device) / GIB
        for method in methods:
            key = {"model": model, "method": method, "asked": recompute, "recomputes": loaded.recompute}
            try:
                yield {**key, "chunk": loaded.chunk, "weights_gib": weights, **measure(loaded, method, device)}
            except (torch.OutOfMemoryError, ValueError, FloatingPointError) as error:
                yield {**key, "note": str(error).splitlines()[0]}
            gc.collect()
            torch.cuda.empty_cache()
        del loaded
        gc.collect()
        torch.cuda.empty_cache()


def main() -> None:
    """Measure what the command line asks for and write it as CSV after every model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", default=",".join(BUILDERS))
    parser.add_argument("--methods", default=",".join(METHODS_MEASURED))
    parser.add_argument("--recompute", default="auto", help="auto, none, steps, blocks")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    device, found = torch.device(options.device), []
    for model in options.models.split(","):
        for row in rows(model, options.recompute.split(","), options.methods.split(","), device):
            found.append({"device": torch.cuda.get_device_name(device), "torch": torch.__version__, **row})
            print(found[-1], flush=True)
        pd.DataFrame(found).to_csv(options.out, index=False)


if __name__ == "__main__":
    main()
