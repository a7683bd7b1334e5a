"""From names to what they need: plug-ins, suites and prompt sets, each thing once."""

from dataclasses import replace

import pytest

from bench.errors import InputError
from bench.registry import MODELS
from bench.suite.fetch import sources_for
from bench.suite.prompts import prompt_set

(SD15,) = MODELS.get("sd15").create({}).sources()
(DRAWBENCH,) = prompt_set("drawbench").sources()
(GENEVAL,) = prompt_set("geneval").sources()
OWN_REWARD = """
from dataclasses import dataclass
from bench.registry import register_reward
from bench.weights.web import WebFile, web_or_path

HEAD = WebFile("https://host/head.pth", 3, "0" * 64)

@register_reward("own-reward", differentiable=True, range=(0, 1), paper="none")
@dataclass(frozen=True)
class Own:
    head: str = "head.pth"

    def sources(self):
        return [web_or_path(self.head, HEAD)]

    def __call__(self, samples, prompts):
        return samples
"""
SUITE = """
name: mine
models: {sd15: , other: {use: sd15, weights: some/other}}
prompts: [geneval, white duck]
rewards: [own_reward.py@own-reward]
methods: [base]
seeds: [0]
budget: 1s
"""


@pytest.mark.parametrize(
    ("names", "sources"),
    [
        (["sd15"], [SD15]),
        (["emoji", "brightness", "support-distance", "simple-animals", "demo"], []),
        (["drawbench", "sd15", "dno-official-black", "drawbench"], [DRAWBENCH, SD15]),
        (["prompts", "geneval", "simple-animals", "drawbench"], [GENEVAL, DRAWBENCH]),
    ],
)
def test_names_of_every_kind(names, sources):
    assert sources_for(names) == sources


def test_files_of_the_users(tmp_path, monkeypatch):
    """A suite is fetched with its own options, not with the defaults of what it names."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own_reward.py").write_text(OWN_REWARD)
    (tmp_path / "mine.yaml").write_text(SUITE)
    (head,) = sources_for(["own_reward.py@own-reward"])
    assert (head.name, head.pin) == ("head.pth", "sha256 000000000000")
    other = replace(SD15, repo="some/other", revision="main")
    assert sources_for(["mine.yaml"]) == [SD15, other, head, GENEVAL]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["sd151"], "unknown method, model, reward, metric, suite or prompt set 'sd151'; did you mean 'sd15'"),
        (["prompts"], "which prompts.*simple-animals, emoji-colors, parti-prompts"),
        (["prompts", "sd15"], "unknown prompt set 'sd15'"),
        (["nowhere.py@x"], "no such file: nowhere.py"),
        (["nowhere.yaml"], "cannot read suite nowhere.yaml"),
    ],
)
def test_unknown_names(names, message):
    with pytest.raises(InputError, match=message):
        sources_for(names)
