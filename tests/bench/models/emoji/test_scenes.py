"""The generator against Pillow's own compositing, and the support distance against a plain loop."""

import itertools
from random import Random

import numpy as np
import pytest
import torch
from PIL import Image

from bench.models.emoji.captions import Allowed, caption, captions, parse
from bench.models.emoji.paths import FOLDER
from bench.models.emoji.scenes import NATURAL, POSES, SIZE, SIZES, Scenes, palette, render, sample, tinted
from bench.models.emoji.support import nearest_scenes, support_distance
from bench.models.emoji.vocabulary import ANIMALS, COLORS, NOUNS, RGB
from bench.problem.seeding import stream
from bench.suite.prompts import prompt_set


def test_the_animals_are_those_of_the_literature():
    assert list(ANIMALS) == prompt_set("simple-animals").prompts()
    assert len(NOUNS) == 66
    assert len(COLORS) == 11


def test_untinted_scenes_equal_pillow():
    scenes = sample(60, stream("test"))
    atlas = Image.open(FOLDER / "sprites.png").convert("RGBA")
    images = render(scenes._replace(tint=torch.full_like(scenes.tint, NATURAL)))
    for i in range(60):
        noun, _, background, size, x, y, mirror = (int(field[i]) for field in scenes)
        left, top = SIZES.index(size) * SIZE, noun * SIZE
        drawing = atlas.crop((left, top, left + size, top + size))
        if mirror:
            drawing = drawing.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        canvas = Image.new("RGBA", (SIZE, SIZE), RGB[COLORS[background]])
        canvas.alpha_composite(drawing, (x, y))
        expected = torch.from_numpy(np.asarray(canvas.convert("RGB")).copy()).permute(2, 0, 1) / 255
        torch.testing.assert_close(images[i], expected, rtol=0, atol=1.5 / 255)


def test_sampled_scenes_are_valid():
    scenes = sample(5000, stream("test"))
    assert (scenes.tint != scenes.background).all()
    assert (scenes.x + scenes.size <= SIZE).all()
    assert (scenes.y + scenes.size <= SIZE).all()
    assert set(scenes.noun.tolist()) == set(range(len(NOUNS)))
    natural = (scenes.tint == NATURAL).float().mean().item()
    assert natural == pytest.approx(0.5 + 0.5 / 11, abs=0.03)
    found = set(zip(*(field.tolist() for field in scenes[3:]), strict=True))
    assert found == {tuple(pose) for pose in POSES.tolist()}


def test_tints_keep_light_and_dark_apart():
    grey = torch.linspace(0, 1, 11).view(1, 1, 1, 11).expand(1, 3, 1, 11)
    for index in range(len(COLORS)):
        light = tinted(grey, torch.tensor([index])).mean(1)
        assert (light.diff(dim=-1) > -1e-6).all()
    assert torch.equal(tinted(grey, torch.tensor([NATURAL])), grey)


def test_captions_and_parse_are_inverse():
    for noun, tint, background in itertools.product(NOUNS[:5], [None, "red", "orange"], ["blue", "orange"]):
        for article, named in itertools.product([False, True], repeat=2):
            text = caption(Allowed(noun, tint, background), article, named)
            assert parse(text) == Allowed(noun, tint, background if named else None)
    assert caption(Allowed("owl", "orange", "orange"), True, True) == "an orange owl on an orange background"


def test_random_captions_describe_their_scenes():
    scenes = sample(300, stream("test"))
    for i, text in enumerate(captions(scenes, Random(0))):
        allowed = parse(text)
        assert allowed.noun == NOUNS[scenes.noun[i]]
        assert (allowed.tint or "natural") == ("natural" if scenes.tint[i] == NATURAL else COLORS[scenes.tint[i]])
        assert allowed.background in {None, COLORS[scenes.background[i]]}


@pytest.mark.parametrize(
    "text", ["", "dragon", "a reddish cat", "cat on the moon", "big red cat", "a cat on a background"]
)
def test_other_captions_are_refused(text):
    with pytest.raises(ValueError, match="expected"):
        parse(text)


def test_support_distance_of_an_allowed_scene_is_zero():
    scenes = sample(100, stream("test"))
    texts = captions(scenes, Random(0))
    assert support_distance(render(scenes), texts).max() < 1e-3


def test_support_distance_equals_a_loop_over_all_scenes():
    generator = torch.Generator().manual_seed(0)
    for text in ("white duck", "a red crab on a blue background"):
        image = torch.rand(3, SIZE, SIZE, generator=generator) * 1.4 - 0.2
        allowed = parse(text)
        backgrounds = [allowed.background] if allowed.background else [c for c in COLORS if c != allowed.tint]
        best = min(
            float((render(one_scene(allowed, name, pose)) - image.clamp(0, 1)).square().mean().sqrt())
            for name in backgrounds
            for pose in POSES
        )
        assert support_distance(image[None], [text]).item() == pytest.approx(best, rel=1e-5)


def one_scene(allowed, background, pose):
    tint = NATURAL if allowed.tint is None else COLORS.index(allowed.tint)
    return Scenes(*(torch.tensor([int(v)]) for v in (NOUNS.index(allowed.noun), tint, COLORS.index(background), *pose)))


def test_support_distance_grows_with_noise_and_with_the_wrong_caption():
    scenes = sample(20, stream("test"))
    texts = captions(scenes, Random(0))
    images = render(scenes)
    noise = torch.randn(images.shape, generator=torch.Generator().manual_seed(0))
    near, far = (support_distance(images + level * noise, texts) for level in (0.05, 0.2))
    assert (near < far).all()
    assert (support_distance(images, texts[1:] + texts[:1]) > 0.05).float().mean() > 0.9


def test_the_nearest_scene_of_a_scene_is_drawn_like_it():
    """Some drawings are symmetric, so that not every field is told by the image."""
    scenes = sample(100, stream("test"))
    noise = torch.randn(100, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(0))
    nearest = nearest_scenes(render(scenes) + 0.05 * noise, captions(scenes, Random(0)))
    torch.testing.assert_close(render(nearest), render(scenes), rtol=0, atol=1e-6)
    for name in ("noun", "tint", "background", "size", "x", "y"):
        assert torch.equal(getattr(nearest, name), getattr(scenes, name)), name


def test_the_nearest_scene_is_as_far_as_the_support():
    generator = torch.Generator().manual_seed(0)
    texts = ["white duck", "a red crab on a blue background", "frog"]
    images = torch.rand(3, 3, SIZE, SIZE, generator=generator)
    distances = (render(nearest_scenes(images, texts)) - images).square().mean((1, 2, 3)).sqrt()
    torch.testing.assert_close(distances, support_distance(images, texts), rtol=1e-5, atol=0)


def test_palette_is_the_words_colours():
    assert palette()[COLORS.index("red")].tolist() == pytest.approx([214 / 255, 48 / 255, 49 / 255])
