"""HPSv2 against the authors' package, which also is a reward of its own."""

import sys
import warnings

import pytest
import torch

from bench.errors import InputError
from bench.scoring import hpsv2_package

PAIRS = [("hpsv2", "hpsv2-official"), ("hpsv2.1", "hpsv2.1-official")]
UNCLEAN = [
    "Caf\u00c3\u00a9 &amp;amp; cr\u00e8me",
    " The  CAT'S\n photo\u2026 ",
    "\u2018owl\u2019 10",
    "<b>white &amp;amp; red</b>",
]


@pytest.mark.parametrize(("ours", "official"), PAIRS)
def test_scores_are_those_of_the_package(ours, official, reward, pictures):
    found = [reward(ours)(tensor, [prompt]).item() for prompt, _, tensor in pictures]
    expected = [reward(official)(tensor, [prompt]).item() for prompt, _, tensor in pictures]
    assert found == pytest.approx(expected, abs=1e-6)
    assert max(expected) - min(expected) > 0.01


def test_the_official_reward_is_the_packages_score(reward, options, pictures):
    import hpsv2.img_score

    for prompt, image, tensor in pictures:
        with warnings.catch_warnings(action="ignore"):
            (expected,) = hpsv2.img_score.score(image, prompt, cp=options["hpsv2"]["checkpoint"])
        assert reward("hpsv2-official")(tensor, [prompt]).item() == float(expected)


def test_the_two_versions_differ(reward, pictures):
    prompt, _, tensor = pictures[0]
    assert abs(reward("hpsv2")(tensor, [prompt]) - reward("hpsv2.1")(tensor, [prompt])) > 0.01
    assert [reward(name).sources()[0].file for name, _ in PAIRS] == ["HPS_v2_compressed.pt", "HPS_v2.1_compressed.pt"]


@pytest.mark.parametrize("prompt", UNCLEAN)
def test_prompts_are_cleaned_as_the_package_does(prompt, reward, pictures):
    """Broken Unicode, entities within entities, capitals, spaces."""
    found, expected = (reward(name)(pictures[0][2], [prompt]).item() for name in PAIRS[0])
    assert found == pytest.approx(expected, abs=1e-6)


def test_a_long_prompt_is_cut_as_the_package_does(reward, pictures, long_prompt):
    tensor = pictures[0][2]
    with pytest.warns(UserWarning, match="tokens cut to 77"):
        found = reward("hpsv2")(tensor, [long_prompt]).item()
    assert found == pytest.approx(reward("hpsv2-official")(tensor, [long_prompt]).item(), abs=1e-6)


def test_samples_of_several_prompts_keep_their_order(reward, pictures):
    images = torch.cat([pictures[0][2], pictures[0][2].flip(-1), pictures[0][2] / 2])
    prompts = ["cat", "owl", "cat"]
    together = reward("hpsv2-official")(images, prompts)
    alone = [reward("hpsv2-official")(images[i : i + 1], prompts[i : i + 1]).item() for i in range(3)]
    assert together.tolist() == alone


def test_without_the_package_it_is_said_how_to_get_it(reward, monkeypatch, tmp_path):
    monkeypatch.setattr(hpsv2_package, "FOLDER", tmp_path / "nothing")
    monkeypatch.setattr(hpsv2_package, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"hpsv2 is not installed: `\./reproduce\.sh setup` or `pip install --no-deps"):
        reward("hpsv2-official")


def test_to_look_whether_it_is_installed_leaves_the_imports_of_others_alone(tmp_path, monkeypatch):
    """In its folder lies a torchvision that breaks transformers."""
    (tmp_path / "hpsv2").mkdir()
    (tmp_path / "hpsv2" / "__init__.py").write_text("raise ImportError('it was looked into')")
    monkeypatch.setattr(hpsv2_package, "FOLDER", tmp_path)
    monkeypatch.setattr(hpsv2_package, "find_spec", lambda name: None)
    before = list(sys.path)
    hpsv2_package.require_hpsv2()
    assert sys.path == before
