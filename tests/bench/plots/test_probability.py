import numpy as np
import pandas as pd

from bench.plots.probability import plot_probability


def test_every_point_is_drawn_once_and_panels_are_labelled():
    rng = np.random.default_rng(0)
    points = pd.DataFrame(
        {
            "method": ["dno", "doodl"] * 10,
            "judged": ["all"] * 10 + ["initial"] * 10,
            "log_p": -rng.exponential(size=20),
            "support-distance": rng.uniform(size=20),
            "adherence": rng.uniform(size=20),
        }
    )
    axes = plot_probability(points).axes
    assert [ax.get_xlabel() for ax in axes] == ["log P(z), all"] * 2 + ["log P(z), initial"] * 2
    for judged, pair in (("all", axes[:2]), ("initial", axes[2:])):
        mine = points[points["judged"] == judged]
        for ax, truth in zip(pair, ("support-distance", "adherence"), strict=True):
            drawn = np.concatenate([line.get_xydata() for line in ax.lines if line.get_marker() != "None"])
            expected = mine[["log_p", truth]].to_numpy()
            np.testing.assert_allclose(drawn[drawn[:, 0].argsort()], expected[expected[:, 0].argsort()])
