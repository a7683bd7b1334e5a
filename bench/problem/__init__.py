"""What a method is handed (Problem), what it yields (Candidates), and the model and meter behind them."""

from bench.problem.candidates import Candidates, Cost
from bench.problem.meter import Meter
from bench.problem.model import Model, Prediction, changed_options
from bench.problem.problem import NoiseStream, Problem
from bench.problem.sampler import Sampler

__all__ = [
    "Candidates",
    "Cost",
    "Meter",
    "Model",
    "NoiseStream",
    "Prediction",
    "Problem",
    "Sampler",
    "changed_options",
]
