from math import isnan

import pytest

from bench.errors import InputError
from bench.output.evidence import Evidence
from bench.output.plots.draw import draw_all
from bench.output.plots.registry import SEVERAL_DEVICES
from bench.output.tables import LAYOUTS
from tests.bench.analysis.published.test_values import TABLE
from tests.support.plugins import HERE
from tests.support.runs import make_run


def test_one_run(tmp_path):
    found = Evidence([make_run(tmp_path / "one")])
    assert set(found.scores["run"]) == {"one"}
    assert len(found.curves) == 5 * len(found.scores) / 2
    assert found.sets.empty
    assert found.published.empty
    assert found.comparison.empty
    assert found.ladder.empty


def test_two_runs_are_read_as_one(tmp_path):
    runs = [make_run(tmp_path / name, seeds=[seed]) for seed, name in enumerate(("one", "two"))]
    found = Evidence(runs)
    assert set(found.scores["run"]) == {"one", "two"}
    assert set(found.curves["run"]) == {"one", "two"}
    (table, *_) = LAYOUTS["main"](found)
    assert {cell.n for row in table.rows for cell in row.cells} == {4}
    assert {name.partition("/")[0] for name in table.rows[0].cells[0].cells} == {"one", "two"}


def test_two_devices_are_refused_on_seconds_and_not_on_evaluations(tmp_path):
    runs = [make_run(tmp_path / name, device=name, seeds=[seed]) for seed, name in enumerate(("H100", "A100"))]
    with pytest.raises(InputError, match="seconds of different devices are not compared"):
        _ = Evidence(runs).scores
    counted = [
        make_run(tmp_path / f"{name}-nfe", device=name, seeds=[seed], budget="50nfe")
        for seed, name in enumerate(("H100", "A100"))
    ]
    assert len(Evidence(counted).scores) == 16


def test_seconds_of_two_devices_are_shown_nowhere_where_budgets_are_in_evaluations(tmp_path):
    runs = [
        make_run(tmp_path / name, device=name, seeds=[seed], budget="50nfe", targets={"mean": [0.5]})
        for seed, name in enumerate(("H100", "A100"))
    ]
    (alone, *_), (table, *_) = (LAYOUTS["cost"](Evidence(some)) for some in (runs[:1], runs))
    seconds = [column.name for column in table.columns].index("method seconds")
    assert [row.cells[seconds].value for row in alone.rows] == [5, 5]
    assert all(isnan(row.cells[seconds].value) for row in table.rows)
    assert all(row.cells[seconds + 1].value == 50 for row in table.rows)
    found = Evidence(runs)
    assert found.axes == ["denoiser_evals", "reward_calls"]
    drawn = {only: draw_all(found, tmp_path / only, only) for only in ("curves", "ecdf")}
    assert {one.left_out[only] for only, one in drawn.items()} == {SEVERAL_DEVICES}
    assert {path.stem for one in drawn.values() for path in one.files} == {
        "curves-denoiser_evals",
        "ecdf-denoiser_evals",
    }


def test_a_run_on_two_devices_shows_no_seconds(tmp_path):
    run = make_run(tmp_path / "one", budget="50nfe")
    done = next(run.glob("cells/*/done.json"))
    done.write_text(done.read_text().replace("H100", "A100"))
    found = Evidence([run])
    assert not found.one_device
    assert found.scores["seconds"].isna().all()


def test_a_run_on_two_devices_is_read_on_the_axis_that_is_asked_for(tmp_path):
    run = make_run(tmp_path / "one")
    done = next(run.glob("cells/*/done.json"))
    done.write_text(done.read_text().replace("H100", "A100"))
    with pytest.raises(InputError, match="seconds of different devices are not compared"):
        _ = Evidence([run]).scores
    found = Evidence([run], axis="denoiser_evals")
    assert set(found.scores["budget_unit"]) == {"denoiser_evals"}
    assert found.axes == ["denoiser_evals", "reward_calls"]
    assert found.gains
    assert set(found.mean_curves("denoiser_evals", gains=True)["method"]) == {"base", "best-of-n"}


def test_an_axis_of_seconds_that_are_of_two_devices_is_refused(tmp_path):
    runs = [
        make_run(tmp_path / name, device=name, seeds=[seed], budget="50nfe")
        for seed, name in enumerate(("H100", "A100"))
    ]
    with pytest.raises(InputError, match=r"A100: A100, .*; H100: H100, "):
        _ = Evidence(runs, axis="seconds").axes
    assert Evidence(runs[:1], axis="seconds").axes == ["seconds", "denoiser_evals", "reward_calls"]
    assert Evidence(runs[:1], axis="reward_calls").axes == ["reward_calls", "seconds", "denoiser_evals"]


def test_a_run_named_twice_is_one_run(tmp_path):
    run = make_run(tmp_path / "one")
    assert len(Evidence([run, run]).scores) == len(Evidence([run]).scores)


def test_targets_are_the_declared_ones_and_else_lie_evenly_up_to_the_anchor(tmp_path):
    rewards = [f"{HERE}@mean", f"{HERE}@spread"]
    anchors = {"mean": [0.0, 2.0], "spread": [1.0, 2.0]}
    run = make_run(tmp_path / "one", rewards=rewards, anchors=anchors, targets={"mean": [0.5]})
    ladder = Evidence([run]).ladder
    by_reward = ladder.groupby("reward")["target"].agg(list)
    assert by_reward["mean"] == [0.5]
    assert by_reward["spread"] == pytest.approx([1 + 0.05 * rung for rung in range(1, 21)])


def test_runs_that_declare_other_targets_are_not_read_as_one(tmp_path):
    runs = [make_run(tmp_path / f"{seed}", seeds=[seed], targets={"mean": [0.5 + seed]}) for seed in (0, 1)]
    with pytest.raises(InputError, match="1 declares other targets of 'mean' than a run before it"):
        _ = Evidence(runs).ladder


def test_what_plug_ins_declared_is_read_from_the_run(tmp_path):
    metrics = [f"{HERE}@first-pixel", "saturation"]
    found = Evidence([make_run(tmp_path / "one", metrics=metrics, set_metrics=[f"{HERE}@gap-of-means"])])
    declared = {"first-pixel": 1, "gap-of-means": -1}
    assert declared.items() <= found.directions.items()
    assert "saturation" not in found.directions
    assert found.families == {"base": "baseline", "best-of-n": "search"}
    assert found.pointwise == frozenset()


def test_a_method_that_is_not_anytime_has_its_results_at_its_budgets_in_place_of_a_curve(tmp_path):
    found = Evidence([make_run(tmp_path / "one")])
    found.pointwise = frozenset(["base"])
    means = found.mean_curves("denoiser_evals", points=7)
    counts = means.groupby("method").size()
    assert counts.to_dict() == {"base": 2, "best-of-n": 7}
    own = means[means["method"] == "base"]
    # Five seconds are five of the events, ten evaluations each; rewards are those of the scores at that budget.
    assert own["x"].tolist() == [50, 50]
    expected = found.summary[found.summary["method"] == "base"]
    assert own[["mean", "low", "high"]].to_numpy().tolist() == expected[["mean", "low", "high"]].to_numpy().tolist()


def test_an_image_beyond_the_run_folder_is_none(tmp_path):
    run = make_run(tmp_path / "one")
    (tmp_path / "secret.png").write_bytes(next(run.glob("cells/*/images/*.png")).read_bytes())
    found = Evidence([run])
    row = found.scores.iloc[0]
    assert found.image(row) == run / row["image"]
    for name in ("../secret.png", str(tmp_path / "secret.png"), "", None, float("nan"), "cells"):
        assert found.image(row.copy().where(row.index != "image", name)) is None


def test_no_run_folder(tmp_path):
    with pytest.raises(InputError, match="is not a run folder"):
        Evidence([tmp_path])


def test_what_the_suite_names_is_there(tmp_path):
    mapped = TABLE.replace("model: sd15, steps: 50", "model: gaussian, steps: 5")
    mapped = mapped.replace("model: sd15", "model: gaussian").replace("reward: pickscore", "reward: mean")
    (tmp_path / "numbers.yaml").write_text(mapped)
    name = f"{tmp_path / 'numbers.yaml'}@some-table"
    found = Evidence([make_run(tmp_path / "one", published=[name], targets={"mean": [1.0, 2.0]})])
    assert found.published["row"].tolist() == ["SD", "DNO (1 min)", "other"]
    assert found.published["verdict"].tolist() == ["", "", ""]  # no suite says how ours should be made
    assert found.ladder["target"].tolist() == [1.0, 2.0]
    assert {table.title for table in LAYOUTS["targets"](found)} >= {"mean on gaussian: targets, share reached"}


def test_events_are_left_alone_unless_a_layout_asks(tmp_path, monkeypatch):
    run = make_run(tmp_path / "one")

    def no_curves(path):
        raise AssertionError("read")

    monkeypatch.setattr("bench.output.evidence.read_tables", no_curves)
    for layout in ("main", "paper", "pairwise", "cost"):
        assert LAYOUTS[layout](Evidence([run]))


RING = {"models": ["ring"], "rewards": ["ring-waves"], "prompts": ["ring"], "budget": "101000rewards"}
TUTORIAL = {"batch_size": 1000, "optimizer": "adam", "learning_rate": 0.01, "max_grad_norm": 1.0}


def test_published_curves_are_compared_where_a_run_has_a_cell_of_their_setting(tmp_path):
    """Not by the name of the suite, which a toy may have, too."""
    toy = make_run(tmp_path / "toy", name="dno-tutorial")
    assert Evidence([toy]).comparison.empty
    alike = make_run(tmp_path / "alike", name="mine", methods={"dno": TUTORIAL}, **RING)
    comparison = Evidence([alike]).comparison
    assert set(comparison["id"]) == {"dno-tutorial"}
    assert set(comparison["method"]) == {"dno"}
    assert comparison.set_index("step").loc[0, "ours"] == pytest.approx(-0.25)


@pytest.mark.parametrize(
    "changes",
    [
        {"methods": {"dno": TUTORIAL | {"learning_rate": 0.1}}},
        {"methods": {"dno": {"use": "dno-zo"}}},
        {
            "models": {"ring": {"use": f"{HERE}@gaussian", "steps": 100}},
            "rewards": {"ring-waves": {"use": f"{HERE}@mean"}},
        },
        {"models": {"ring": {"eta": 0.5}}},
    ],
)
def test_labels_alone_make_no_published_setting(tmp_path, changes):
    run = make_run(tmp_path / "run", **{"methods": {"dno": TUTORIAL}, **RING, **changes})
    assert Evidence([run]).comparison.empty
