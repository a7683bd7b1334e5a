"""Predictions and their gradients replayed as graphs, so that seconds are the device's and not the interpreter's.

A host launches the thousands of kernels of a prediction one by one, slower than a fast device runs them. A graph is
recorded once a shape and launched at one go (`recorder`); its gradient is a second graph, which runs the first one's
work again before its own (`replay`): that is checkpointing, so memory does not grow with the steps of a trajectory.
"""

from bench.models.replay.recorder import CudaGraphs, Function, Recorder, Recording
from bench.models.replay.replay import REPLAY_SOURCE, Replay, Wanted, differentiated, make_replay, recomputed

__all__ = [
    "REPLAY_SOURCE",
    "CudaGraphs",
    "Function",
    "Recorder",
    "Recording",
    "Replay",
    "Wanted",
    "differentiated",
    "make_replay",
    "recomputed",
]
