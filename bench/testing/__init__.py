"""Conformance suites that any method inherits, in this tree or outside it; needs the `test` extra.

Example:
    from bench.testing import MethodConformance


    class TestMine(MethodConformance):
        method = "path/to/mine.py@mine"
"""

from bench.testing.conformance import MethodConformance
from bench.testing.gaussian import GaussianModel, toy_problem
from bench.testing.pulling import offers_of

__all__ = ["GaussianModel", "MethodConformance", "offers_of", "toy_problem"]
