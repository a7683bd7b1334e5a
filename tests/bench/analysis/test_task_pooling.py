import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bench.analysis.intervals import interval
from bench.analysis.task_pooling import pooled_interval, pooled_weights


def index(prompts_by_reward):
    entries = [("m", reward, "9s", prompt) for reward, prompts in prompts_by_reward.items() for prompt in prompts]
    return pd.MultiIndex.from_tuples(entries, names=["model", "reward", "task_budget", "prompt"])


def test_each_task_has_the_same_share_of_each_resample():
    weights = pooled_weights(index({"r": "abc", "q": "abcdefgh"}), draws=50)
    assert weights.sum(axis=1) == pytest.approx(1)
    assert weights[:, :3].sum(axis=1) == pytest.approx(0.5)


def test_tasks_over_the_same_prompts_are_resampled_together_and_others_are_not():
    same = pooled_weights(index({"r": "abc", "q": "cab"}), draws=50)
    assert same[:, :3].tolist() == same[:, [4, 5, 3]].tolist()
    other = pooled_weights(index({"r": "abc", "q": "abd"}), draws=50)
    assert other[:, :3].tolist() != other[:, 3:].tolist()


def test_one_task_is_the_interval():
    prompts = [f"p{number:02d}" for number in range(30)]
    values = pd.DataFrame(np.random.default_rng(0).normal(size=(30, 2)), index=index({"r": prompts}))
    for pooled, plain in zip(pooled_interval(values), interval(values.to_numpy()), strict=True):
        assert pooled == pytest.approx(plain)


def test_few_prompts_that_tasks_share_have_student_t_of_their_means():
    values = pd.DataFrame({"x": [0.0, 1.0, 5.0, 2.0, 4.0, 3.0]}, index=index({"r": "abc", "q": "abc"}))
    found, (low, high) = pooled_interval(values), stats.t.interval(0.95, 2, 2.5, stats.sem([1.0, 2.5, 4.0]))
    assert [part.item() for part in found] == pytest.approx([2.5, low, high])


def test_few_prompts_that_tasks_do_not_share_have_no_interval():
    values = pd.DataFrame({"x": [0.0, 1.0, 5.0, 2.0, 4.0, 3.0]}, index=index({"r": "abc", "q": "abd"}))
    found = pooled_interval(values)
    assert found.mean == [2.5]
    assert np.isnan([found.low, found.high]).all()


def test_tasks_weigh_the_same_whatever_their_size():
    values = pd.DataFrame({"x": [0.0, 0.0, 0.0, 0.0, 1.0, 1.0]}, index=index({"r": "abcd", "q": "ef"}))
    assert pooled_interval(values).mean == [0.5]


def test_holes_and_single_prompts_leave_things_open():
    holes = pd.DataFrame({"x": [np.nan, 1.0], "y": [1.0, 3.0]}, index=index({"r": "ab"}))
    found = pooled_interval(holes)
    assert np.isnan([found.mean[0], found.low[0], found.high[0]]).all()
    assert found.mean[1] == 2.0
    single = pooled_interval(pd.DataFrame({"x": [1.0, 2.0, 3.0]}, index=index({"r": "a", "q": "bc"})))
    assert single.mean == [1.75]
    assert np.isnan([single.low, single.high]).all()
