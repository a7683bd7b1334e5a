"""SD3 without T5: its pipeline puts zeros in its place, and nothing of it is looked for."""

import shutil

import pytest
import torch
from diffusers import StableDiffusion3Pipeline

from bench.errors import InputError
from bench.registry import MODELS
from bench.suite.needs import require_weights
from tests.support.cells import make_cell
from tests.support.standins.parity import assert_same_image, open_pipeline, our_image, their_image

T5 = {"text_encoder_3": None, "tokenizer_3": None}
CALL = {"num_inference_steps": 3, "guidance_scale": 7.0}


def cell(folder, **options):
    return make_cell(model="sd3-medium", model_options={"weights": str(folder), **options})


@pytest.fixture
def without_t5(pipelines, tmp_path):
    """A folder whose index names T5, and which lacks it."""
    return shutil.copytree(pipelines("sd3-medium"), tmp_path / "sd3", ignore=shutil.ignore_patterns(*T5))


def test_without_t5_the_image_is_the_pipelines(without_t5, load):
    require_weights([cell(without_t5, t5=False)])
    noise, found = our_image(load("sd3-medium", weights=str(without_t5), t5=False, steps=3))
    theirs = StableDiffusion3Pipeline.from_pretrained(without_t5, dtype=torch.float32, **T5)
    assert_same_image(found, their_image(theirs, noise[:, 0], **CALL))
    _, whole = our_image(load("sd3-medium", steps=3))
    assert (found - whole).abs().max() > 1e-3


def test_t5_is_missed_where_it_is_wanted(without_t5):
    with pytest.raises(InputError, match=r"has no (text_encoder|tokenizer)_3/"):
        require_weights([cell(without_t5)])


def test_a_pipeline_that_was_saved_without_t5_is_taken_as_it_is(pipelines, tmp_path, load):
    components = open_pipeline(pipelines("sd3-medium")).components
    theirs = StableDiffusion3Pipeline(**components | T5)
    theirs.save_pretrained(tmp_path)
    require_weights([cell(tmp_path)])
    noise, found = our_image(load("sd3-medium", weights=str(tmp_path), steps=3))
    assert_same_image(found, their_image(theirs, noise[:, 0], **CALL))


def test_t5_is_not_fetched_where_it_is_not_wanted():
    (source,) = MODELS.get("sd3-medium").create({"t5": False}).sources()
    (whole,) = MODELS.get("sd3-medium").create({}).sources()
    assert any(pattern.startswith("text_encoder_3/") for pattern in whole.patterns)
    assert set(whole.patterns) - set(source.patterns) == {
        pattern for pattern in whole.patterns if pattern.split("/")[0] in T5
    }
