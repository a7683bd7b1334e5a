"""What a method is handed (Problem), what it yields (Candidates), and the model and meter behind them."""

from bench.problem.breaches import MethodError, RewardError
from bench.problem.candidates import Candidates
from bench.problem.meter import Meter
from bench.problem.model import GuidedModel, Model, Prediction, Recompute, Transition, changed_options
from bench.problem.noise import NoiseStream
from bench.problem.problem import DEFAULT_BATCH, Problem, seeded_problem
from bench.problem.sampler import Sampler

__all__ = [
    "DEFAULT_BATCH",
    "Candidates",
    "GuidedModel",
    "Meter",
    "MethodError",
    "Model",
    "NoiseStream",
    "Prediction",
    "Problem",
    "Recompute",
    "RewardError",
    "Sampler",
    "Transition",
    "changed_options",
    "seeded_problem",
]
