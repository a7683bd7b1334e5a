"""The page as text: nothing of a run becomes markup, nothing is loaded, everything is there."""

import json
import re
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image

from bench.errors import InputError
from bench.output.evidence import Evidence
from bench.output.report import write_report
from bench.output.report.page import PICTURE_BYTES
from methods import best_of_n
from tests.bench.output.report.conftest import HOSTILE
from tests.support.cli import dno_bench
from tests.support.runs import make_run

FRONT = ["verdict", "curves", "scores", "images"]
PARTS = ["statistics", "tables", "hacking", "failures", "time", "settings", "provenance"]


class Page(HTMLParser):
    """Tags with their attributes, and the text of each script."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.scripts, self.text = [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data):
        if self.tags[-1:] and self.tags[-1][0] == "script":
            self.scripts[-1] += data
        else:
            self.text += data


@pytest.fixture(scope="module")
def text(page_file):
    return page_file.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(text):
    return Page(text)


def data_of(text):
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.S)[1])


def test_markup_in_prompts_and_errors_stays_text(page, text):
    assert len(page.scripts) == 2
    assert not [attributes for tag, attributes in page.tags if tag == "img"]
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert "onerror=alert(1)>" not in text
    assert "ZeroDivisionError: <b>on purpose</b>" in page.text
    assert sorted(data_of(text)["prompts"]) == sorted(HOSTILE)


def test_nothing_is_loaded_from_elsewhere(page):
    urls = [attributes[name] for _, attributes in page.tags for name in ("src", "href", "action") if name in attributes]
    assert urls
    assert all(url.startswith("#") for url in urls)
    assert not {"link", "iframe", "object", "form"} & {tag for tag, _ in page.tags}
    policy = next(
        attributes["content"] for tag, attributes in page.tags if tag == "meta" and "http-equiv" in attributes
    )
    assert policy.startswith("default-src 'none'; img-src data:;")
    assert "unsafe" not in policy


def test_a_suite_without_published_numbers_says_so(page):
    assert "The suite names no published numbers whose setting is comparable." in page.text


def test_ids_are_unique_and_every_link_has_its_place(page):
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = {attributes["href"][1:] for tag, attributes in page.tags if tag == "a"}
    assert links == {*FRONT, *PARTS}
    assert links <= set(ids)


def test_a_verdict_stands_first_then_a_plot_a_table_and_images_and_the_rest_is_closed(page, text):
    places = [text.index(f'id="{name}"') for name in (*FRONT, *PARTS)]
    assert places == sorted(places)
    parts = [attributes for tag, attributes in page.tags if tag == "details"]
    assert [one["id"] for one in parts if "id" in one] == PARTS
    assert not any("open" in one for one in parts)
    front = text[: text.index('id="statistics"')]
    assert "mean on gaussian, 10 s: other has the most reward" in front
    assert front.count("<table>") == 1
    assert "paired p" not in front
    assert "mean on gaussian, 10 s" in front[front.index("<table>") :]


def test_where_only_base_has_scores_the_verdict_says_so(tmp_path):
    text = write_report(
        Evidence([make_run(tmp_path / "run", methods={"base": {}})]), tmp_path / "page.html"
    ).path.read_text()
    assert "<li>No method but base has scored all of its cells.</li>" in text


def test_curves_are_of_gains_first_and_of_rewards_where_base_did_not_run(text, tmp_path):
    data = data_of(text)
    assert [kind["key"] for kind in data["kinds"]] == list(data["curves"]) == ["gain", "reward"]
    # The first event of base has a fifth of its rise, its last all of it: 0.8 are gained by drawing on.
    own = data["curves"]["gain"]["seconds"][0]["base"]
    assert (own["mean"][0], own["mean"][-1]) == pytest.approx((0, 0.8))
    assert own["mean"] != data["curves"]["reward"]["seconds"][0]["base"]["mean"]
    run = make_run(tmp_path / "run", methods={"best-of-n": {}})
    without = data_of(write_report(Evidence([run]), tmp_path / "page.html").path.read_text())
    assert [kind["key"] for kind in without["kinds"]] == list(without["curves"]) == ["reward"]


def test_the_prompt_on_which_methods_come_furthest_apart_is_offered_first(text):
    data = data_of(text)
    # Where the best method failed the others are nearer to each other.
    assert [data["prompts"][places[-1]] for places in data["telling"]] == [HOSTILE[1]] * 2
    assert [sorted(places) for places in data["telling"]] == [[0, 1, 2]] * 2


def test_what_stands_below_images_says_which_way_is_better(text):
    assert data_of(text)["captions"] == [
        {"name": "reward", "direction": 1},
        {"name": "support-distance", "direction": -1},
        {"name": "adherence", "direction": 1},
    ]


def test_every_number_of_the_script_is_valid_json_and_every_image_is_one(text):
    data = data_of(text)
    assert not re.search(r"NaN|Infinity", json.dumps(data))
    cells = data["cells"]
    assert len({len(column) for column in cells.values() if isinstance(column, list)}) == 1
    shown = {place for place in cells["image"] if place is not None}
    assert shown == set(range(len(data["pictures"])))
    assert all(uri.startswith("data:image/png;base64,") for uri in data["pictures"])
    failed = [i for i, status in enumerate(cells["status"]) if status == "failed"]
    assert {cells["image"][i] for i in failed} == {cells["reward"][i] for i in failed} == {None}


def test_every_option_that_ran_stands_on_the_page_with_the_digest_of_its_file(tmp_path):
    run = make_run(tmp_path / "run", methods={"base": {}, "wide": {"use": "best-of-n", "batch_size": 16}})
    text = write_report(Evidence([run]), tmp_path / "page.html").path.read_text()
    rows = re.findall(r"<tr><th scope=.row.>(.*?)</tr>", text[text.index('id="settings"') :])
    (own,) = [row for row in rows if "<td>wide</td><td>best-of-n</td>" in row]
    assert "<code>batch_size = 16</code>" in own
    digest = sha256(Path(best_of_n.__file__).read_bytes()).hexdigest()
    assert f'methods/best_of_n.py <code title="{digest}"' in own
    # Defaults, too.
    assert [row for row in rows if row.startswith("model</th><td>gaussian") and "steps = 5" in row]


def test_cells_are_counted_by_what_they_ran_on(tmp_path):
    run = make_run(tmp_path / "run", seeds=(0,), budget="50nfe")
    first, *_ = sorted(run.glob("cells/*/done.json"))
    done = json.loads(first.read_text())
    elsewhere = {"device": "cpu", "device_name": "Xeon", "threads": 8, "chosen": {"recompute": True}}
    first.write_text(json.dumps({**done, **elsewhere}))
    text = write_report(Evidence([run]), tmp_path / "page.html").path.read_text()
    assert "<td>H100, torch 2.13.0</td><td>—</td><td>3</td>" in text
    assert "<td>Xeon, 8 threads, torch 2.13.0</td><td>recompute = True</td><td>1</td>" in text
    # So that seconds are no axis here.
    assert [axis["key"] for axis in data_of(text)["axes"]] == ["denoiser_evals", "reward_calls"]


def test_every_command_that_planned_something_is_told(tmp_path):
    run = make_run(tmp_path / "run", seeds=(0,))
    held = run / "provenance.json"
    (first,) = json.loads(held.read_text())
    held.write_text(json.dumps([first, {**first, "command": ["dno-bench", "run", "larger"]}]))
    text = write_report(Evidence([run]), tmp_path / "page.html").path.read_text()
    assert "<dd>dno-bench run small</dd>" in text
    assert "<dd>dno-bench run larger</dd>" in text
    held.unlink()
    assert "provenance.json is missing" in write_report(Evidence([run]), tmp_path / "page.html").path.read_text()


def test_a_run_in_which_nothing_ended_well_is_a_page_all_the_same(tmp_path):
    prompts = ("cat",)
    run = make_run(tmp_path / "run", prompts=prompts, seeds=(0,), methods={"base": {}}, failed={("base", "cat")})
    written = write_report(Evidence([run]), tmp_path / "page.html")
    text = written.path.read_text()
    assert "base: 1 of 1 cell failed" in text
    assert data_of(text)["cells"]["status"] == ["failed", "failed"]
    assert "nan" not in text[text.index('id="time"') : text.index('id="settings"')]


def test_an_image_that_is_cut_short_is_left_out(tmp_path):
    run = make_run(tmp_path / "run", seeds=(0,))
    first, *others = sorted(run.glob("cells/*/images/*.png"))
    first.write_bytes(first.read_bytes()[:40])
    data = data_of(write_report(Evidence([run]), tmp_path / "page.html").path.read_text())
    assert len(data["pictures"]) == len(others)
    assert data["cells"]["image"].count(None) == 1


def test_the_same_run_makes_the_same_page(hostile_run, text, tmp_path):
    assert write_report(Evidence([hostile_run]), tmp_path / "again.html").path.read_text(encoding="utf-8") == text


def test_large_images_are_shrunk_and_what_has_no_room_is_counted(tmp_path, monkeypatch):
    run = make_run(tmp_path / "run", seeds=range(2))
    for number, path in enumerate(sorted(run.glob("cells/*/images/*.png"))):
        Image.effect_noise((512, 512), 50 + number).convert("RGB").save(path)
    whole = write_report(Evidence([run]), tmp_path / "whole.html")
    assert whole.left_out == []
    assert whole.megabytes < 1
    assert all(uri.startswith("data:image/jpeg") for uri in data_of(whole.path.read_text())["pictures"])
    monkeypatch.setattr("bench.output.report.page.PICTURE_BYTES", 100_000)
    cut = write_report(Evidence([run]), tmp_path / "cut.html")
    kept = data_of(cut.path.read_text())
    assert sum(map(len, kept["pictures"])) <= 100_000
    assert [f"{16 - len(kept['pictures'])} images are left out" in note for note in cut.left_out] == [True]
    assert cut.left_out[0] in cut.path.read_text()
    assert PICTURE_BYTES < 10_000_000


def test_runs_of_two_devices_on_evaluations_have_no_axis_of_seconds(tmp_path):
    runs = [
        make_run(tmp_path / "a", seeds=(0,), budget="50nfe"),
        make_run(tmp_path / "b", seeds=(1,), budget="50nfe", device="A100"),
    ]
    text = write_report(Evidence(runs), tmp_path / "report.html").path.read_text()
    assert [axis["key"] for axis in data_of(text)["axes"]] == ["denoiser_evals", "reward_calls"]


def test_runs_of_two_devices_in_seconds_are_one_page_on_evaluations(tmp_path):
    runs = [make_run(tmp_path / "a", seeds=(0,)), make_run(tmp_path / "b", seeds=(1,), device="A100", pace=2)]
    out = tmp_path / "report.html"
    data = data_of(write_report(Evidence(runs, axis="denoiser_evals"), out).path.read_text())
    assert [axis["key"] for axis in data["axes"]] == ["denoiser_evals", "reward_calls"]
    assert data["tasks"] == ["mean on gaussian"]
    assert set(data["cells"]["when"]) == {"50 evaluations"}
    assert set(data["cells"]["status"]) == {"ok"}
    for kind in ("gain", "reward"):
        assert [set(curves) for curves in data["curves"][kind]["denoiser_evals"]] == [{"base", "best-of-n"}]
    assert "mean on gaussian, 50 evaluations: best-of-n has the most reward" in out.read_text()


def test_the_axis_that_is_asked_for_is_the_first(hostile_run, tmp_path):
    page = write_report(Evidence([hostile_run], axis="reward_calls"), tmp_path / "page.html").path.read_text()
    assert [axis["key"] for axis in data_of(page)["axes"]] == ["reward_calls", "seconds", "denoiser_evals"]


def test_the_command_says_where_the_page_lies_and_refuses_in_one_line(tmp_path):
    make_run(tmp_path / "a", seeds=(0,))
    make_run(tmp_path / "b", seeds=(1,), device="A100")
    done = dno_bench("report", "a", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "report  a/report.html" in done.stdout
    assert (tmp_path / "a" / "report.html").stat().st_size < 1e6
    refused = dno_bench("report", "a", "b", cwd=tmp_path)
    assert refused.returncode == 2
    assert refused.stderr.startswith("error: seconds of different devices")
    assert refused.stderr.count("\n") == 1
    read = dno_bench("report", "a", "b", "--axis", "evaluations", "--out", "both.html", cwd=tmp_path)
    assert read.returncode == 0, read.stderr
    assert "report  both.html" in read.stdout
    unknown = dno_bench("report", "a", "--axis", "evaluation", cwd=tmp_path)
    assert unknown.returncode == 2
    assert "did you mean 'evaluations'" in unknown.stderr


def test_a_file_that_cannot_be_written_is_bad_input(hostile_run, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot write"):
        write_report(Evidence([hostile_run]), tmp_path / "file" / "report.html")


def test_a_cell_that_fails_late_is_among_the_failed(tmp_path):
    found = Evidence([make_run(tmp_path / "run", failed=[("best-of-n", "cat")])])
    late = found.scores.index[(found.scores["status"] == "failed") & (found.scores["budget"] == 5)]
    found.scores.loc[late, "status"] = "ok"
    assert "8, 2 failed" in Page(write_report(found, tmp_path / "page.html").path.read_text()).text
