"""Other networks in the cells of the suite `das-toy`."""

import pytest
import torch
from safetensors.torch import load_file

from bench.models.das_toy import weights_of
from bench.models.das_toy.network import PointDenoiser
from bench.run.loaded import Loaded
from bench.run.runner import run_cell
from bench.store.folder import CellStore
from benchmarks.das_toy_networks import cells_of, rows


def committed(data):
    denoiser = PointDenoiser(2)
    denoiser.load_state_dict(load_file(weights_of(data)))
    return denoiser


def test_the_committed_network_earns_what_the_suite_logs(tmp_path):
    cell = next(cell for cell in cells_of("gmm-1") if cell.method == "plain samples")
    (row,) = rows([cell], committed("gmm-1"))
    store = CellStore(tmp_path / "cell")
    run_cell(cell, Loaded(torch.device("cpu")), store, lambda event: None)
    assert row["reward"] == pytest.approx(store.events()[0]["mean_reward"], rel=1e-6)


def test_weights_are_used_where_a_method_has_some():
    by_method = {cell.method: cell for cell in reversed(cells_of("gmm-2"))}
    found = {row["method"]: row for row in rows([by_method["das"], by_method["plain samples"]], committed("gmm-2"))}
    assert found["das"]["weighted"] != found["das"]["reward"]
    assert found["plain samples"]["weighted"] is None
