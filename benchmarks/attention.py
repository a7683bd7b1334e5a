"""Which attention kernels of this machine give FLUX a gradient, each tried in a process of its own.

    python -m benchmarks.attention --device cuda --out attention.csv

An illegal memory access ends the whole process, so that none can be tried beside another. What is tried is attention
alone, at FLUX's shapes and strides; the gradient of the network to its latent, with random weights; and an update of
`dno` on the whole model. Kernels are launched one at a time, so that an error appears where it happens. Where `dno`
fails with every kernel and attention alone with none, attention is not at fault.

`--parts attention,network --blocks 1` leaves one block of each kind, for a machine that does not hold all 57.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.functional import scaled_dot_product_attention

KERNELS = {
    "cudnn": [SDPBackend.CUDNN_ATTENTION],
    "flash": [SDPBackend.FLASH_ATTENTION],
    "efficient": [SDPBackend.EFFICIENT_ATTENTION],
    "math": [SDPBackend.MATH],
}
KERNELS["torch's choice"] = [kernel for kernels in KERNELS.values() for kernel in kernels]
SIDE, TOKENS, HEADS, HEAD_WIDTH = 64, 256, 24, 128  # 512 pixels, schnell's prompts
LIMIT = 900  # seconds a process


Part = Callable[[torch.device, int | None, AbstractContextManager[Any]], dict[str, float]]
"""`(device, blocks, only)` to what it found; `only` leaves one kernel to choose from."""


def attention(device: torch.device, blocks: int | None, only: AbstractContextManager[Any]) -> dict[str, float]:
    """Attention alone, as a block of FLUX calls it: how far its gradient is from float32's."""
    generator = torch.Generator().manual_seed(0)
    shape = (1, TOKENS + (SIDE // 2) ** 2, HEADS, HEAD_WIDTH)
    exact = [torch.randn(shape, generator=generator).to(device) for _ in range(4)]
    with only:
        found = _attention_gradient(*(one.bfloat16() for one in exact)).float()
    with sdpa_kernel(SDPBackend.MATH):
        expected = _attention_gradient(*exact)
    return {"gradient_error": float((found - expected).norm() / expected.norm())}


def _attention_gradient(query: Tensor, key: Tensor, value: Tensor, cotangent: Tensor) -> Tensor:
    inputs = [one.requires_grad_() for one in (query, key, value)]
    permuted = (one.permute(0, 2, 1, 3) for one in inputs)
    result = scaled_dot_product_attention(*permuted).permute(0, 2, 1, 3)
    return torch.cat(torch.autograd.grad(result.flatten(2, 3), inputs, cotangent.flatten(2, 3)))


def network(device: torch.device, blocks: int | None, only: AbstractContextManager[Any]) -> dict[str, float]:
    """The transformer in bfloat16: the norm of its gradient to the latent, which must be finite."""
    from diffusers import FluxPipeline, FluxTransformer2DModel

    sizes = {} if blocks is None else {"num_layers": blocks, "num_single_layers": blocks}
    torch.manual_seed(0)
    torch.set_default_dtype(torch.bfloat16)
    with device, only:
        flux = FluxTransformer2DModel(**sizes).eval().requires_grad_(False)
        latent = torch.randn(1, (SIDE // 2) ** 2, 64).requires_grad_()
        told = {"encoder_hidden_states": torch.randn(1, TOKENS, 4096), "pooled_projections": torch.randn(1, 768)}
        positions = FluxPipeline._prepare_latent_image_ids(1, SIDE // 2, SIDE // 2, device, torch.bfloat16)
        ids = {"img_ids": positions, "txt_ids": torch.zeros(TOKENS, 3)}
        output = flux(latent, timestep=torch.ones(1), **told, **ids).sample
        (gradient,) = torch.autograd.grad(output.float().square().mean(), latent)
    return {"gradient_norm": float(gradient.float().norm())}


def dno(device: torch.device, blocks: int | None, only: AbstractContextManager[Any]) -> dict[str, float]:
    """What failed: `dno` on the whole model, to the yield that follows its first update. Takes 60 GiB."""
    from bench.problem import seeded_problem
    from bench.registry import METHODS, REWARDS
    from benchmarks.memory import load

    model = load("flux-schnell", "auto", device)
    problem = seeded_problem(model, REWARDS.get("darkness").create({}), "a white duck", seed=0, model_name="attention")
    with only:
        rewards = [float(found.rewards) for found in islice(METHODS.get("dno").create({}).run(problem), 2)]
    return {"reward": rewards[0], "reward_after": rewards[1]}


PARTS: dict[str, Part] = {"attention": attention, "network": network, "dno": dno}


def tried(part: str, kernel: str, device: str, blocks: int | None) -> dict[str, Any]:
    """One row: how it ended, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.attention", "--device", device, "--try", part, kernel]
    command += [] if blocks is None else ["--blocks", str(blocks)]
    environment = {**os.environ, "CUDA_LAUNCH_BLOCKING": "1"}
    start = time.perf_counter()
    try:
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=LIMIT, check=False)
    except subprocess.TimeoutExpired:
        return {"part": part, "kernel": kernel, "ended": f"not within {LIMIT} s"}
    row = {"part": part, "kernel": kernel, "seconds": round(time.perf_counter() - start, 1)}
    if ran.returncode == 0:
        found = json.loads(ran.stdout.splitlines()[-1])
        return {**row, "ended": "a gradient" if all(map(_is_finite, found.values())) else "not finite", **found}
    return {**row, "ended": (ran.stderr.strip().splitlines() or [f"exit {ran.returncode}"])[-1]}


def _is_finite(value: float) -> bool:
    return abs(value) < float("inf")


def rows(parts: list[str], kernels: list[str], device: str, blocks: int | None) -> Iterator[dict[str, Any]]:
    """One row a part and kernel."""
    versions = {"torch": torch.__version__, "cudnn": torch.backends.cudnn.version() or ""}
    name = torch.cuda.get_device_name(device) if device.startswith("cuda") else "cpu"
    for part in parts:
        for kernel in kernels:
            yield {"device": name, **versions, **tried(part, kernel, device, blocks)}


def main() -> None:
    """Try what the command line asks for, print each row, write them as CSV."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--parts", default=",".join(PARTS))
    parser.add_argument("--kernels", default=",".join(KERNELS))
    parser.add_argument("--blocks", type=int, help="of each kind; all by default")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--try", nargs=2, dest="one", metavar=("PART", "KERNEL"), help="in this process")
    options = parser.parse_args()
    if options.one:
        part, kernel = options.one
        print(json.dumps(PARTS[part](torch.device(options.device), options.blocks, sdpa_kernel(KERNELS[kernel]))))
        return
    found = []
    for row in rows(options.parts.split(","), options.kernels.split(","), options.device, options.blocks):
        found.append(row)
        print(row, flush=True)
    if options.out:
        pd.DataFrame(found).to_csv(options.out, index=False)


if __name__ == "__main__":
    main()
