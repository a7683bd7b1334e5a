"""What is refused at plan time: media that do not match, labels that are columns, options of the harness itself."""

import re

import pytest

from bench.errors import InputError
from bench.suite.compatibility import check_cell, check_set_metrics
from bench.suite.suite import Suite
from tests.support.cells import make_cell
from tests.support.cli import dno_bench
from tests.support.plugins import HERE

RING = {"model": "ring", "model_options": {}}
MIXTURE = {"model": "mixture", "model_options": {}, "reward": "quadratic"}
GMM_64 = {**MIXTURE, "model_options": {"preset": "gmm-64"}, "reward": "linear"}
EMOJI = {"model": "emoji", "model_options": {}}
SD15 = {"model": "sd15", "model_options": {}}
PLAIN = {"reward": "darkness", "reward_options": {}, "metrics": {}, "held_out": {}}


def cell(**changes):
    return make_cell(**{**PLAIN, **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {**EMOJI, "reward": "emoji-alignment", "metrics": {"adherence": {}, "support-distance": {}, "saturation": {}}},
        {**RING, "reward": "ring-waves", "metrics": {"support-distance": {}, "noise-probability": {}}},
        {**SD15, "metrics": {"saturation": {}, "latent-norm": {}}},
        {**MIXTURE, "metrics": {"mixture-distance": {}}},
        {**GMM_64, "metrics": {"mixture-distance": {"preset": "gmm-64"}}},
        {**RING, "reward": "mix", "reward_options": {"use": "sum", "of": {"ring-waves": 2}}},
    ],
)
def test_what_goes_together_is_accepted(changes):
    check_cell(cell(**changes))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            RING,
            "reward 'darkness' cannot judge what model 'ring' makes: 'darkness' judges image, not points; "
            r"rewards that would do: .*ring-waves",
        ),
        (
            {**GMM_64, "metrics": {"mixture-distance": {}}},
            "metric 'mixture-distance' cannot work with model 'mixture': it judges another mixture; give the metric",
        ),
        ({**MIXTURE, "metrics": {"far": {"use": "mixture-distance", "preset": "das-gmm-2"}}}, "another mixture"),
        ({**MIXTURE, "metrics": {"mixture-distance": {"weights": [2.0] + [1.0] * 8}}}, "judges another mixture"),
        ({**MIXTURE, "metrics": {"support-distance": {}}}, "it knows the ring's support"),
        (
            {**GMM_64, "reward": "quadratic"},
            "reward 'quadratic' cannot work with model 'mixture': curvatures has 2 numbers, .* give one, or 64",
        ),
        (
            {**GMM_64, "reward": "mix", "reward_options": {"use": "sum", "of": {"linear": 1, "quadratic": 1}}},
            "reward 'mix' cannot work with .* or 64",
        ),
        ({**MIXTURE, "reward": "linear", "reward_options": {"slope": [1.0, 2.0, 3.0]}}, "slope has 3 numbers"),
        ({**MIXTURE, "reward": "shells", "reward_options": {"centre": [1.0]}}, "centre has 1 numbers"),
        (
            {"model": "das-toy", "model_options": {"data": "swiss-roll"}, "reward": "quadratic"},
            "curvatures has 2 numbers, the points have 3 coordinates",
        ),
        ({**SD15, "reward": "emoji-alignment"}, "'emoji-alignment' judges emoji, not image; .* do: .*brightness"),
        (
            {**RING, "reward": "ring-waves", "metrics": {"vivid": {"use": "saturation"}}},
            "metric 'vivid' cannot judge what model 'ring' makes: 'vivid' judges image, not points; "
            r"metrics that would do: .*support-distance",
        ),
        ({**SD15, "metrics": {"support-distance": {}}}, "'support-distance' judges emoji or points, not image"),
        (
            {**RING, "reward": "mix", "reward_options": {"use": "sum", "of": {"ring-waves": 1, "darkness": 1}}},
            "reward 'mix' cannot judge what model 'ring' makes: 'darkness' judges image, not points",
        ),
        ({**EMOJI, "metrics": {"seconds": {"use": "saturation"}}}, "metric label 'seconds' is a column of the tables"),
        ({**EMOJI, "metrics": {"a/b": {"use": "saturation"}}}, "metric label 'a/b' has a slash"),
        ({**EMOJI, "reward_options": {"black_box": "maybe"}}, "'darkness': black_box must be true or false, .*'maybe'"),
        ({**EMOJI, "method_options": {"black_box": True}}, "unknown option of method 'base': 'black_box'"),
        ({**EMOJI, "metrics": {"saturation": {"black_box": True}}}, "unknown option of metric 'saturation'"),
        ({**EMOJI, "method_options": {"use": None}}, "method 'base': `use` must be the name of a method, got None"),
    ],
)
def test_what_does_not_is_refused_in_one_line(changes, message):
    with pytest.raises(InputError, match=message) as found:
        check_cell(cell(**{"prompt": "cat", **changes}))
    assert "\n" not in str(found.value)


def test_a_set_metric_must_judge_the_images_of_some_model():
    emoji, ring = {"emoji": {}}, {"ring": {}}
    check_set_metrics({"clip-diversity": {}}, emoji | ring)
    with pytest.raises(InputError, match="set_metric 'kid' cannot judge what model 'ring' makes: 'kid' judges image"):
        check_set_metrics({"kid": {}}, ring)
    with pytest.raises(InputError, match="metric label 'run' is a column"):
        check_set_metrics({"run": {"use": "kid"}}, emoji)


def test_a_set_metric_must_work_with_some_model():
    ring, mixture = {"ring": {}}, {"mixture": {}}
    check_set_metrics({"energy-distance": {}}, ring | mixture)
    with pytest.raises(InputError, match="set_metric 'energy-distance' cannot work with model 'ring': what it samples"):
        check_set_metrics({"energy-distance": {}}, ring)
    with pytest.raises(InputError, match="'energy-distance-target' judges points, not emoji"):
        check_set_metrics({"energy-distance-target": {}}, {"emoji": {}})


def test_a_reward_watches_only_what_it_can_score():
    rewards = {"darkness": {}, "brightness": {}, "ring-waves": {}}
    shared = {"prompts": ["cat"], "methods": {"base": {}}, "seeds": [0], "budget": "1rewards"}
    suite = Suite(
        name="both",
        experiments=[
            {**shared, "models": ["ring"], "rewards": ["ring-waves"]},
            {**shared, "models": ["emoji"], "rewards": ["darkness", "brightness"]},
        ],
    )
    held_out = {one.reward: list(one.held_out) for one in suite.cells()}
    assert held_out == {"ring-waves": [], "darkness": ["brightness"], "brightness": ["darkness"]}
    assert set(held_out) == set(rewards)


def test_a_reward_of_points_watches_only_points_of_its_dimensions():
    """Also as a part of another; the refused ones stay the rewards of their own model."""
    shared = {"prompts": ["points"], "methods": {"base": {}}, "seeds": [0], "budget": "1rewards"}
    three = {"weight": 1.0, "curvatures": [1.0, 2.0, 3.0]}
    means = {"means": [[0.0, 0.0, 0.0]], "covariances": 1.0}
    suite = Suite(
        name="both",
        experiments=[
            {**shared, "models": {"plane": {"use": "mixture"}}, "rewards": {"linear": {}, "quadratic": {}}},
            {
                **shared,
                "models": {"space": {"use": "mixture", **means}},
                "rewards": {
                    "three": {"use": "quadratic", "curvatures": three["curvatures"]},
                    "both": {"use": "sum", "of": {"quadratic": three}},
                },
            },
        ],
    )
    held_out = {one.reward: list(one.held_out) for one in suite.cells()}
    assert held_out == {
        "linear": ["quadratic"], "quadratic": ["linear"], "three": ["linear", "both"], "both": ["linear", "three"],
    }  # fmt: skip


def test_the_command_line_refuses_a_reserved_label_before_anything_runs(tmp_path):
    (tmp_path / "suite.yaml").write_text(f"""
name: taken
models: ["{HERE}@gaussian"]
prompts: [cat]
rewards: ["{HERE}@mean"]
methods: [base]
seeds: [0]
budget: 10nfe
metrics: {{seconds: {{use: "{HERE}@first-pixel"}}}}
""")
    done = dno_bench("run", "suite.yaml", "--dry-run", cwd=tmp_path)
    assert done.returncode == 2
    assert re.fullmatch(".*metric label 'seconds' is a column of the tables.*\n", done.stderr)
