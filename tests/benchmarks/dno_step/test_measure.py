"""Each family's small stand-in, from its pipeline to rows; and the official loop on it beside ours."""

from itertools import islice

import pytest
import torch

from bench.models import latent
from bench.models.replay import Replay
from bench.problem import seeded_problem
from bench.registry import METHODS, REWARDS
from bench.sampling.sphere import searched_rows
from benchmarks.architectures import BUILDERS
from benchmarks.dno_step.families import FAMILIES, PROMPT, open_family
from benchmarks.dno_step.measure import Bench
from benchmarks.dno_step.official import OfficialLoop
from benchmarks.dno_step.ways import ON_CPU, Task, Way
from tests.support.standins.pipelines import STANDINS
from tests.support.tape import Tapes

CPU = torch.device("cpu")


@pytest.fixture
def small(monkeypatch):
    """A family of the hub's, small."""

    def opened(name):
        monkeypatch.setitem(BUILDERS, name, (lambda: None, lambda scheduler: STANDINS[name]()))
        return open_family(name, {"steps": 2, "size": 16}, CPU)

    return opened


HUB = [name for name in FAMILIES if name != "emoji"]


@pytest.mark.parametrize("name", HUB)
def test_the_official_loop_does_the_work_of_ours_on_every_family(small, name):
    family, reward = small(name), REWARDS.get("darkness").create({})
    model, official = family.ours("off"), family.official()
    problems = [seeded_problem(one, reward, PROMPT, 0, model_name=name, method_name="dno") for one in (model, official)]
    loop = OfficialLoop(official, official.encode(PROMPT), reward, problems[1].draw_noise(1)[0])
    for offered in islice(METHODS.get("dno").create({}).run(problems[0]), 3):
        moving = len(searched_rows(problems[0].sampler))  # decay stirs the others too, which make no sample
        torch.testing.assert_close(loop.noise[None, :moving].detach(), offered.noise[:, :moving], atol=1e-5, rtol=0)
        torch.testing.assert_close(loop.step(), offered.samples, atol=1e-4, rtol=0)


@pytest.mark.parametrize("name", HUB)
def test_rows_of_a_family(small, name):
    bench = Bench(small(name), repeats=None)
    tasks = [Task("dno", "official"), Task("dno", "official, bf16 autocast"), Task("dno", "eager")]
    official, rounded, eager = bench.rows(tasks)
    for row in (official, rounded, eager):
        assert row["seconds"] > 0
        assert row["matrix_share"] > 0
        assert (row["steps"], row["repeats"]) == (2, 3)
    assert official["gradient_error"] == eager["gradient_error"] == 0
    assert 1e-4 < rounded["gradient_error"] < 0.5
    (sampled,) = bench.rows([Task("best-of-n", "eager", 2)])
    assert sampled["images_per_second"] == pytest.approx(2 / sampled["seconds"])


@pytest.mark.filterwarnings("ignore:replay")
def test_what_the_device_cannot_replay_is_a_failure_and_stops_nothing(small, monkeypatch):
    bench = Bench(small("sd15"), repeats=1)
    monkeypatch.setitem(ON_CPU, "graphs", Way(replay="graphs"))
    failed, eager = bench.rows([Task("dno", "graphs"), Task("dno", "eager")])
    assert failed["note"] == "ValueError: replay 'graphs' is 'off' on cpu"
    assert "seconds" not in failed
    assert eager["seconds"] > 0


def test_the_reward_is_replayed_where_the_model_is_as_in_a_run(small, monkeypatch):
    bench, tapes = Bench(small("sd15"), repeats=1), Tapes()
    monkeypatch.setitem(ON_CPU, "graphs", Way(replay="graphs"))
    monkeypatch.setattr(latent, "make_replay", lambda wanted, device: Replay(tapes) if wanted == "graphs" else None)
    graphs, eager = bench.rows([Task("dno", "graphs"), Task("dno", "eager")])
    assert graphs["seconds"] > 0
    assert eager["gradient_error"] == graphs["gradient_error"]
    replay = bench._ready["graphs"].model.replay
    assert {"score and gradient darkness", "decode"} <= {key[0] for key in replay._pairs}
