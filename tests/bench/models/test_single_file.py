"""Weights in one file: the image is that of the folder with the same weights, and that of diffusers' own reading."""

import shutil
from pathlib import Path

import pytest
import torch
from diffusers import StableDiffusionPipeline
from safetensors.torch import load_file, save_file

from bench.errors import InputError
from bench.registry import MODELS
from bench.suite.needs import require_weights
from bench.weights.hub import HubFolder
from bench.weights.local import TensorFile
from tests.support.cells import make_cell
from tests.support.standins.parity import assert_same_image, our_image, their_image
from tests.support.standins.single_file import write_single_file


@pytest.fixture
def one_file(pipelines, tmp_path):
    """The options of what stands in for `sd15`: its weights in one file, and a folder without any."""
    ignored = shutil.ignore_patterns("*.safetensors")
    config = shutil.copytree(pipelines("sd15"), tmp_path / "config", ignore=ignored)
    return {"weights": str(write_single_file(pipelines("sd15"), tmp_path / "own.safetensors")), "config": str(config)}


def edit(path, change):
    """Write the file again as `change` has its weights; copied, for they lie in the file itself."""
    save_file(change({name: one.clone() for name, one in load_file(path).items()}), path)


def refused(**options):
    with pytest.raises(InputError) as error:
        require_weights([make_cell(model="sd15", model_options=options)])
    assert "\n" not in str(error.value)
    return str(error.value)


def test_the_image_is_that_of_the_folder_and_of_the_pipeline(one_file, load):
    sampling = {"steps": 3, "guidance": 5.0, "eta": 0.0}
    require_weights([make_cell(model="sd15", model_options=one_file)])
    noise, found = our_image(load("sd15", **sampling, **one_file))
    _, expected = our_image(load("sd15", **sampling))
    torch.testing.assert_close(found, expected)
    told = {"config": one_file["config"], "local_files_only": True}
    theirs = StableDiffusionPipeline.from_single_file(one_file["weights"], **told)
    assert_same_image(found, their_image(theirs, noise[:, 0], num_inference_steps=3, guidance_scale=5.0))


def test_networks_run_in_the_type_asked_for(one_file, load):
    model = load("sd15", precision="bf16", **one_file)
    assert (model.chosen["precision"], model.chosen["decode"]) == ("bf16", "fp32")


def test_what_is_built_is_said_by_the_default_weights(one_file):
    """Of which only configurations and tokenizers are fetched."""
    (default,) = MODELS.get("sd15").create({}).sources()
    file, config = MODELS.get("sd15").create({"weights": one_file["weights"]}).sources()
    assert file == TensorFile(one_file["weights"])
    assert isinstance(config, HubFolder)
    assert (config.repo, config.revision) == (default.repo, default.revision)
    assert not any("safetensors" in pattern for pattern in config.patterns)
    assert set(config.patterns) < set(default.patterns)


def test_what_is_not_there_is_not_found(one_file):
    file, folder = (Path(one_file[name]) for name in ("weights", "config"))
    said = refused(**one_file | {"weights": str(file.with_name("owm.safetensors"))})
    assert f"file '{file.with_name('owm.safetensors')}' not found; did you mean '{file}'?" in said
    said = refused(**one_file | {"config": str(folder.with_name("konfig"))})
    assert f"folder '{folder.with_name('konfig')}' not found; did you mean '{folder}'?" in said


def test_a_file_that_broke_off_is_refused(one_file):
    path = Path(one_file["weights"])
    path.write_bytes(path.read_bytes()[:-4])
    assert f"{path} is no whole file of safetensors" in refused(**one_file)


@pytest.mark.parametrize(
    ("kept", "message"),
    [
        (lambda name: not name.startswith("first_stage_model."), "does not hold a StableDiffusionPipeline: Failed to"),
        (lambda name: not name.startswith("model."), "does not hold a StableDiffusionPipeline: Failed to load UNet2D"),
        (lambda name: name != "model.diffusion_model.out.2.bias", "lacks some weights of a StableDiffusionPipeline"),
        (lambda name: not name.endswith("final_layer_norm.bias"), "lacks some weights of the text_encoder, such as"),
    ],
)
def test_a_file_that_lacks_weights_is_refused_in_one_line(kept, message, one_file, load):
    edit(one_file["weights"], lambda weights: {name: one for name, one in weights.items() if kept(name)})
    with pytest.raises(InputError, match=message) as error:
        load("sd15", **one_file)
    assert "\n" not in str(error.value)


def test_other_networks_are_refused_in_one_line(one_file, load):
    edit(
        one_file["weights"], lambda weights: weights | {"model.diffusion_model.out.2.weight": torch.zeros(8, 32, 3, 3)}
    )
    with pytest.raises(InputError, match=r"does not hold a StableDiffusionPipeline: .*expected shape") as error:
        load("sd15", **one_file)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("lcm", {"weights": "own.safetensors"}, "a LatentConsistencyModelPipeline is not read from one file"),
        ("sd15", {"config": "some/model"}, r"config belongs to weights in one file \(\.safetensors\)"),
    ],
)
def test_what_makes_no_sense_is_refused(name, options, message):
    with pytest.raises(InputError, match=message):
        MODELS.get(name).create(options)
