import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from bench.output.looks import looks
from bench.output.plots.kinds.noise_probability import plot_probability


def test_every_point_is_drawn_once_and_the_panel_is_labelled():
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(
        {
            "method": ["dno", "doodl"] * 5,
            "judged": "initial",
            "truth": "adherence",
            "log_p": -rng.exponential(size=10),
            "value": rng.uniform(size=10),
        }
    )
    ax = plot_probability(rows, looks(["dno", "doodl"]), Figure().subplots())
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("log P(z), initial", "adherence to the prompt")
    drawn = np.concatenate([line.get_xydata() for line in ax.lines if line.get_marker() != "None"])
    expected = rows[["log_p", "value"]].to_numpy()
    np.testing.assert_allclose(drawn[drawn[:, 0].argsort()], expected[expected[:, 0].argsort()])
    borders = [line.get_xydata().tolist() for line in ax.lines if line.get_marker() == "None"]
    assert borders == [[[np.log(0.05), 0], [np.log(0.05), 1]], [[0, 0.5], [1, 0.5]]]
