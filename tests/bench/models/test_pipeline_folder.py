"""Folders that are not what a model needs: said in one line before anything is computed; half precision is loaded."""

import json
import shutil

import pytest
import torch
from diffusers import DiffusionPipeline, EDMDPMSolverMultistepScheduler

from bench.errors import InputError
from bench.registry import MODELS
from bench.suite.needs import require_weights
from bench.weights.source import Missing
from tests.support.cells import make_cell
from tests.support.problems import make_problem
from tests.support.standins.pipelines import STANDINS, make_flux, make_sd

UNET, TEXT = "unet/diffusion_pytorch_model", "text_encoder/model"


def refused(name, folder, **options):
    """What is said of a folder before a run that asks for it."""
    with pytest.raises(InputError) as error:
        require_weights([make_cell(model=name, model_options={"weights": str(folder), **options})])
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.fixture
def own(pipelines, tmp_path):
    """A copy of what stands in for a model, to be spoilt."""
    return lambda name: shutil.copytree(pipelines(name), tmp_path / name)


@pytest.fixture
def sharded(tmp_path):
    torch.manual_seed(0)
    make_sd().save_pretrained(tmp_path / "sharded", max_shard_size="200KB")
    return tmp_path / "sharded"


@pytest.mark.parametrize("name", sorted(STANDINS))
def test_what_is_right_is_found(name, pipelines):
    options = {"vae": None} if name.startswith("sdxl") else {}
    require_weights([make_cell(model=name, model_options={"weights": str(pipelines(name)), **options})])


@pytest.mark.parametrize(
    ("name", "given", "loads"),
    [
        ("sd15", "sdxl", "sdxl, sdxl-turbo"),
        ("sdxl", "sd15", "sd-turbo, sd15, sd21"),
        ("sd3-medium", "flux-schnell", "flux-schnell"),
        ("sd15", "lcm", "lcm"),
    ],
)
def test_another_family_is_named_with_the_models_that_load_it(name, given, loads, pipelines):
    options = {"vae": None} if name.startswith("sdxl") else {}
    holds = f"holds a {STANDINS[given]().__class__.__name__}, not a {MODELS.get(name).factory.pipeline}"
    assert f"{holds}; models that load it: {loads}" in refused(name, pipelines(given), **options)


def test_a_pipeline_that_no_model_loads(own):
    folder = own("sd15")
    index = json.loads((folder / "model_index.json").read_text())
    (folder / "model_index.json").write_text(json.dumps(index | {"_class_name": "StableDiffusionInpaintPipeline"}))
    said = refused("sd15", folder)
    assert "holds a StableDiffusionInpaintPipeline, not a StableDiffusionPipeline, and no model here loads it" in said
    (folder / "model_index.json").write_text("[]")
    assert "holds no JSON mapping" in refused("sd15", folder)


def test_flux_dev_is_not_schnell(tmp_path):
    make_flux(guidance_embeds=True).save_pretrained(tmp_path)
    assert "takes a guidance scale, as dev does, not schnell" in refused("flux-schnell", tmp_path)


def test_a_file_that_is_not_of_safetensors_is_refused(tmp_path):
    path = tmp_path / "v1-5.ckpt"
    path.write_bytes(b"")
    assert f"{str(path)!r} is a file, of which only those that end in .safetensors are read" in refused("sd15", path)


@pytest.mark.parametrize("folder", ["models/sd51", "./models/sd51", "{}/models/sd51", "sd51"])
def test_a_folder_that_is_not_there_is_nothing_to_fetch(folder, pipelines, tmp_path, monkeypatch):
    """The nearest name is suggested, where there is one."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(pipelines("sd15"), tmp_path / "models" / "sd15")
    named = folder.format(tmp_path)
    near = f"; did you mean '{named.replace('sd51', 'sd15')}'?" if "models" in named else ""
    said = refused("sd15", named)
    assert f"folder '{named}' not found{near}" in said
    assert "fetch" not in said


def test_an_id_of_the_hub_is_no_folder_that_is_missing(tmp_path, monkeypatch):
    """Though a folder of its owner's name is here, as a clone of another repository makes it."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "stable-diffusion-v1-5" / "other").mkdir(parents=True)
    assert "`dno-bench fetch sd15` gets it" in refused("sd15", MODELS.get("sd15").create({}).weights)


@pytest.mark.parametrize(
    "lost",
    [f"{UNET}.safetensors", f"{TEXT}.safetensors", "vae/config.json", "scheduler/scheduler_config.json",
     "tokenizer/tokenizer.json"],
)  # fmt: skip
def test_a_folder_that_lacks_a_file_is_refused(lost, own):
    folder = own("sd15")
    (folder / lost).unlink()
    # A tokenizer may also have its vocabulary in two files.
    assert f"has no {lost.replace('tokenizer.json', 'vocab.json')} in" in refused("sd15", folder)


def test_a_folder_with_pickled_weights_only_is_refused(own):
    folder = own("sd15")
    (folder / f"{UNET}.safetensors").rename(folder / f"{UNET}.bin")
    assert f"has no {UNET}.safetensors in" in refused("sd15", folder)


def test_a_missing_shard_is_said(sharded):
    require_weights([make_cell(model="sd15", model_options={"weights": str(sharded)})])
    shards = sorted(sharded.glob(f"{UNET}-*.safetensors"))
    assert len(shards) > 2
    shards[1].unlink()
    assert f"has no unet/{shards[1].name} in" in refused("sd15", sharded)


@pytest.mark.parametrize("content", [b"", b"version https://git-lfs.github.com/spec/v1\n", None])
def test_weights_that_are_not_whole_are_said(content, own):
    """Empty, a pointer of Git LFS, or cut off."""
    folder = own("sd15")
    path = folder / f"{UNET}.safetensors"
    path.write_bytes(path.read_bytes()[:-4] if content is None else content)
    assert f"{path} is no whole file of safetensors" in refused("sd15", folder)


def test_an_incomplete_snapshot_is_missing_with_the_command_that_completes_it(pipelines, tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    spec = MODELS.get("sd15").create({})
    (source,) = spec.sources()
    repository = tmp_path / f"models--{source.repo.replace('/', '--')}"
    snapshot = shutil.copytree(pipelines("sd15"), repository / "snapshots" / source.revision)
    require_weights([make_cell(model="sd15", model_options={})])
    (snapshot / f"{UNET}.safetensors").unlink()
    with pytest.raises(Missing, match=f"has no {UNET}.safetensors"):
        source.find()
    with pytest.raises(InputError, match="`dno-bench fetch sd15` gets it"):
        require_weights([make_cell(model="sd15", model_options={})])


def test_a_schedule_without_signal_is_refused_for_a_network_that_predicts_noise(tmp_path):
    make_sd(timestep_spacing="trailing", rescale_betas_zero_snr=True).save_pretrained(tmp_path)
    assert "cannot be sampled: this schedule begins without any signal (zero terminal SNR)" in refused("sd15", tmp_path)
    torch.manual_seed(0)
    make_sd(timestep_spacing="leading", rescale_betas_zero_snr=True).save_pretrained(tmp_path)  # leaves the level out
    require_weights([make_cell(model="sd15", model_options={"weights": str(tmp_path)})])


def test_a_scheduler_of_another_kind_is_refused(own):
    folder = own("sd15")
    EDMDPMSolverMultistepScheduler().save_pretrained(folder / "scheduler")
    said = "cannot be sampled: EDMDPMSolverMultistepScheduler has no betas, from which DDIMScheduler's noise levels are"
    assert said in refused("sd15", folder)


@pytest.mark.parametrize("kept", [(), (f"{TEXT}.safetensors",)])
@pytest.mark.parametrize("shard", ["10GB", "200KB"])
def test_weights_in_half_precision_only_are_loaded(tmp_path, load, shard, kept):
    """The image is the one that diffusers makes of them; parts may be there in full precision."""
    torch.manual_seed(0)
    pipeline = make_sd()
    pipeline.save_pretrained(tmp_path)
    full = {name: (tmp_path / name).read_bytes() for name in kept}
    for path in tmp_path.rglob("*.safetensors"):
        path.unlink()
    pipeline.to(torch.float16).save_pretrained(tmp_path, variant="fp16", max_shard_size=shard)
    for name, content in full.items():
        (tmp_path / name).write_bytes(content)
        (tmp_path / name.replace(".safetensors", ".fp16.safetensors")).unlink()
    ours = load("sd15", weights=str(tmp_path), steps=3, guidance=5.0, eta=0.0)
    assert ours._network.dtype == torch.float32
    noise = make_problem(ours, "brightness", "cat").draw_noise(1)
    with torch.no_grad():
        found = make_problem(ours, "brightness", "cat").generate(noise)
    theirs = DiffusionPipeline.from_pretrained(tmp_path, variant="fp16", dtype=torch.float32)
    call = {"num_inference_steps": 3, "latents": noise[:, 0], "guidance_scale": 5.0, "output_type": "pt"}
    torch.testing.assert_close(found.clamp(0, 1), theirs("cat", **call).images, rtol=0, atol=1e-4)


def test_the_autoencoder_of_sdxl_is_checked_too(pipelines, own, tmp_path):
    folder = own("vae")
    options = {"weights": str(pipelines("sdxl"))}
    require_weights([make_cell(model="sdxl", model_options={**options, "vae": str(folder)})])
    (folder / "config.json").write_text('{"_class_name": "AutoencoderTiny"}')
    said = refused("sdxl", options["weights"], vae=str(folder))
    assert "holds AutoencoderTiny; SDXL's autoencoder is AutoencoderKL" in said
