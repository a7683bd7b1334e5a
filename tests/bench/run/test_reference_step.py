"""The same step for all cells of a model, cheap, and felt by nobody."""

import torch

from bench.run.loaded import Loaded
from bench.run.reference_step import step_seconds
from tests.support.cells import make_cell


def calls_of(loaded):
    """The calls of `predict` from now on."""
    calls, predict = [], loaded.model.predict

    def counted(latent, step, condition):
        calls.append((tuple(latent.shape), latent.abs().sum().item(), step, torch.is_grad_enabled()))
        return predict(latent, step, condition)

    object.__setattr__(loaded.model, "predict", counted)
    return calls


def test_it_is_one_prediction_on_zeros_without_a_gradient_a_few_times():
    loaded = Loaded(torch.device("cpu"))
    loaded.load(make_cell())
    calls = calls_of(loaded)
    assert 0 < step_seconds(loaded, "cat") < 1
    assert 2 <= len(calls) <= 20
    assert set(calls) == {((1, *loaded.model.latent_shape), 0.0, 0, False)}


def test_it_is_the_step_of_the_model_that_is_loaded():
    loaded = Loaded(torch.device("cpu"))
    loaded.load(make_cell())
    step_seconds(loaded, "cat")
    loaded.load(make_cell(model_options={**make_cell().model_options, "steps": 3}))
    calls = calls_of(loaded)
    step_seconds(loaded, "dog")
    assert len(calls) >= 2
