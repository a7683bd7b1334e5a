"""A metric may not be labelled as a column that tables have beside it."""

import pytest

from bench.analysis.hacking import hacking_points
from bench.analysis.outcomes import outcomes
from bench.analysis.scores import summarise
from bench.errors import InputError
from bench.store.columns import CURVES, SCORES
from bench.store.sets import COLUMNS
from bench.suite.labels import RESERVED, check_metric_label

METRICS = {"support-distance", "held-out/brightness"}


def test_every_column_of_the_store_and_of_summaries_is_reserved(make_scores):
    scores = make_scores({"base": [[1.0]], "dno": [[2.0]]})
    frames = [summarise(scores), hacking_points(scores), outcomes(scores, ["support-distance"])]
    columns = {*SCORES, *CURVES, *COLUMNS}.union(*(frame.columns for frame in frames))
    assert columns - METRICS - RESERVED == set()


@pytest.mark.parametrize("label", [*sorted(RESERVED), "held-out/brightness", "saturation/mine"])
def test_a_reserved_label_is_refused(label):
    with pytest.raises(InputError, match=rf"the metric label '{label}'.*`my-label: \{{use: METRIC\}}`"):
        check_metric_label(label)


def test_any_other_label_will_do():
    check_metric_label("seconds to none")
