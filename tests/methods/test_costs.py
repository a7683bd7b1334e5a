"""What each method asks for at each offer, by arithmetic of its own: what the meter counts is what a budget buys."""

import pytest

from bench.problem import Meter
from bench.registry import METHODS
from bench.testing.gaussian import toy_problem
from bench.testing.pulling import pulled
from tests.support.shipped import SHIPPED_METHODS

STEPS = 5  # of the toy


def counts(name, yields=3, **options):
    """(denoiser evaluations, decodes, rewards, backward evaluations) of each offer."""
    meter, before, found = Meter(), (0, 0, 0, 0), []
    for _ in filter(None, pulled(METHODS.get(name).create(options).run(toy_problem(meter=meter)), yields)):
        now = tuple(meter.counts()[key] for key in ("denoiser_evals", "decodes", "reward_calls", "backward_evals"))
        found.append(tuple(b - a for a, b in zip(before, now, strict=True)))
        before = now
    return found


CASES = [
    ("base", {}, (5, 1, 1, 0), (5, 1, 1, 0)),
    ("best-of-n", {"batch_size": 3}, (15, 3, 3, 0), (15, 3, 3, 0)),
    ("cfg-sweep", {"scales": (2.0,)}, (5, 1, 1, 0), (5, 1, 1, 0)),
    ("dno", {}, (5, 1, 1, 0), (5, 1, 1, 5)),
    ("dno", {"batch_size": 2}, (10, 2, 2, 0), (10, 2, 2, 10)),
    ("dno-regularized", {"permutations": 2}, (5, 1, 1, 0), (5, 1, 1, 5)),
    ("dno-ode", {}, (5, 1, 1, 0), (5, 1, 1, 5)),
    ("dno-norm", {}, (5, 1, 1, 0), (5, 1, 1, 5)),
    ("reno", {}, (5, 1, 1, 0), (5, 1, 1, 5)),
    ("reno", {"restarts": 2}, (10, 2, 2, 0), (10, 2, 2, 10)),
    ("origen", {}, (5, 1, 1, 0), (5, 1, 1, 5)),
    ("dno-zo", {"perturbations": 4}, (5, 1, 1, 0), (25, 5, 5, 0)),
    ("dno-zo", {"perturbations": 4, "estimate": "central"}, (5, 1, 1, 0), (45, 9, 9, 0)),
    ("dno-hybrid-1", {"perturbations": 4}, (5, 1, 1, 0), (5, 1, 5, 5)),
    ("dno-hybrid-2", {"perturbations": 4}, (5, 1, 1, 0), (25, 5, 5, 5)),
    # EDICT's pair: both sampled; then undone, redone and differentiated.
    ("doodl", {"steps": 4}, (8, 2, 2, 0), (24, 2, 2, 8)),
    ("doodl", {"steps": 4, "cutouts": 3}, (8, 2, 2, 0), (24, 2, 8, 8)),
    # K T predictions; K decodes and rewards at each of m steps, and at the end.
    ("fk-steering", {"particles": 3, "every": 0.4}, (15, 9, 9, 0), (15, 9, 9, 0)),
    ("das", {"particles": 3}, (15, 18, 18, 15), (15, 18, 18, 15)),
    # The last step injects no noise and is not guided.
    ("additive-guidance", {"batch_size": 2}, (10, 10, 10, 8), (10, 10, 10, 8)),
    ("dps", {}, (5, 5, 5, 4), (5, 5, 5, 4)),
    ("lgd", {"samples": 3}, (5, 13, 13, 4), (5, 13, 13, 4)),
    # At each of 4 steps, each time it is taken, one gradient through the denoiser, and an ascent on the clean latent.
    ("tfg", {}, (5, 33, 33, 4), (5, 33, 33, 4)),
    ("tfg", {"samples": 2, "iterations": 2, "recurrences": 3}, (13, 73, 73, 12), (13, 73, 73, 12)),
    ("tfg", {"rho": 0.0}, (5, 17, 17, 0), (5, 17, 17, 0)),
    ("universal-guidance", {"recurrences": 2, "backward_steps": 1}, (9, 17, 17, 8), (9, 17, 17, 8)),
    # 2 of 5 steps lie in both windows: 3 times each.
    ("freedom", {"relative_to": "noise"}, (9, 7, 7, 6), (9, 7, 7, 6)),
    ("mpgd", {"relative_to": "noise"}, (5, 3, 3, 0), (5, 3, 3, 0)),
    # T predictions, of which those at the ends of blocks are of all children: T - 1 at most, the last step has none.
    ("svdd", {"children": 3}, (13, 13, 13, 0), (13, 13, 13, 0)),
    ("svdd", {"children": 1}, (5, 1, 1, 0), (5, 1, 1, 0)),
    ("code", {"children": 3, "block": 2}, (9, 7, 7, 0), (9, 7, 7, 0)),
    # At each step but the last: the latent's prediction and the candidates'.
    ("demon", {"candidates": 3}, (17, 13, 13, 0), (17, 13, 13, 0)),
    ("demon", {"candidates": 3, "rollout": 2}, (26, 13, 13, 0), (26, 13, 13, 0)),
    ("epsilon-greedy", {"candidates": 2, "rounds": 3}, (29, 29, 29, 0), (29, 29, 29, 0)),
    # 4 beams, then 3, 2, 1: 8 candidates shared among them, rounded down.
    ("dsearch", {"beams": 4, "candidates": 8}, (34, 31, 31, 0), (34, 31, 31, 0)),
    # 4 seeds for one step, 2 for the next, one for the last three.
    ("psp", {"seeds": 4}, (9, 7, 7, 0), (9, 7, 7, 0)),
    # 2 paths for one step; then four times 6 copies one step back and two on.
    ("search-over-paths", {"paths": 2, "copies": 3}, (50, 24, 24, 0), (50, 24, 24, 0)),
    ("zero-order", {"candidates": 3, "cosine": 0.999}, (5, 1, 1, 0), (15, 3, 3, 0)),
    ("cma-es", {"population": 4, "batch_size": 2}, (5, 1, 1, 0), (10, 2, 2, 0)),
    ("snes", {"population": 4, "batch_size": 2}, (5, 1, 1, 0), (10, 2, 2, 0)),
    ("tds", {"particles": 3}, (15, 18, 18, 15), (15, 18, 18, 15)),
    # An evaluation of the line search is an offer; its gradient comes after it.
    ("d-flow", {}, (5, 1, 1, 0), (5, 1, 1, 5)),
    # 2 chains: where they begin, 3 steps of burn-in, twice 2 more, 16 in all; then 4 particles, as of tds.
    ("psi-sampler", {"particles": 4, "chains": 2, "burn_in": 3, "thinning": 2}, (36, 40, 40, 36), (36, 40, 40, 36)),
]


@pytest.mark.parametrize(("name", "options", "first", "later"), CASES)
def test_each_yield_costs_what_the_method_does(name, options, first, later):
    assert counts(name, **options) == [first, later, later]


def test_more_steps_costs_its_steps():
    assert counts("more-steps") == [(steps, 1, 1, 0) for steps in (5, 10, 20)]


def test_rbf_spends_its_quota_at_most():
    """Starts once; then at each step between one candidate and all that has not been used."""
    for evals, decodes, rewards, backward in counts("rbf", predictions=23, starts=3):
        assert 3 + 4 <= evals <= 23
        assert (decodes, rewards, backward) == (evals + 1, evals + 1, 0)


def test_every_method_is_counted_here():
    assert set(SHIPPED_METHODS) == {"more-steps", "rbf", *(name for name, *_ in CASES)}
