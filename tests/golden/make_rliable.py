"""Aggregates of rliable 1.2.0 itself on made-up scores: writes `rliable.json` beside this.

The package needs pandas before 3, so that this runs in an environment of its own:

    pip install rliable==1.2.0 "pandas<3"
    python -m tests.golden.make_rliable

The scores are runs x tasks, 8 and a multiple of 4 of each, so that the middle half is a whole number of them; some
are equal, so that ties count.
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from rliable import library, metrics

GOLDEN = Path(__file__).with_name("rliable.json")
RUNS, TASKS = 8, 4
TAUS = np.linspace(0, 1, 11)


def main() -> None:
    """Write scores and results."""
    rng = np.random.default_rng(0)
    scores = {name: rng.normal(mean, 0.4, (RUNS, TASKS)).round(2) for name, mean in {"a": 0.4, "b": 0.6}.items()}
    shares, _ = library.create_performance_profile(scores, TAUS, reps=10)
    results = {
        name: {
            "iqm": metrics.aggregate_iqm(values),
            "optimality_gap": metrics.aggregate_optimality_gap(values, 1.0),
            "profile": shares[name].tolist(),
        }
        for name, values in scores.items()
    }
    # Of one run a task: rliable compares all runs of the two, we the two on the same pair; with one run they are one.
    flat = {name: values.reshape(1, -1) for name, values in scores.items()}
    golden = {
        "made_with": f"rliable {version('rliable')}, numpy {np.__version__}",
        "scores": {name: values.tolist() for name, values in scores.items()},
        "taus": TAUS.tolist(),
        "results": results,
        "improvement_of_b_over_a": float(metrics.probability_of_improvement(flat["b"], flat["a"])),
    }
    GOLDEN.write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main()
