import pytest

from bench.analysis.declared import direction, directions, families, sampling_steps
from bench.store.plugins import PluginRecord


def record(kind, label, options=None, **facts):
    return PluginRecord(kind, label, label, options or {}, facts, "mine.py", "0" * 64)


PLUGINS = [
    record("metric", "mine", higher_is_better=False),
    record("metric", "saturation", higher_is_better=None),
    record("set_metric", "fid", higher_is_better=False),
    record("set_metric", "diversity", higher_is_better=True),
    record("method", "dno", family="noise optimisation"),
    record("method", "base", family="baseline"),
    record("model", "ring", {"steps": 100, "eta": 1.0}),
    record("model", "gaussian", {"eta": 1.0}),
]


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("mine", -1),
        ("mine/part", -1),
        ("mine-part", 0),
        ("saturation", 0),
        ("saturation/clipped", 0),
        ("fid", -1),
        ("diversity", 1),
        ("best_reward", 1),
        ("held-out/brightness", 0),
        ("seconds", 0),
        ("unheard-of", 0),
    ],
)
def test_directions_are_what_plug_ins_declared(column, expected):
    assert direction(column, directions(PLUGINS)) == expected


def test_families_and_sampling_steps():
    assert families(PLUGINS) == {"dno": "noise optimisation", "base": "baseline"}
    assert sampling_steps(PLUGINS) == {"ring": 100}
