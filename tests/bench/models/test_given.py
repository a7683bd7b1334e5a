"""Pipeline objects as models: the image of the pipeline's own call, in problems and in suites of this process."""

from io import StringIO

import pytest
import torch
from diffusers import DDIMScheduler, PNDMScheduler
from rich.console import Console

from bench.errors import InputError
from bench.models import from_pipeline
from bench.registry import MODELS
from bench.run.campaign import run_suite
from bench.suite.suite import Suite
from tests.support.standins.parity import assert_same_image, open_pipeline, our_image, their_image
from tests.support.standins.pipelines import make_flux

CPU = torch.device("cpu")


@pytest.fixture
def register():
    """As `from_pipeline`; the name is free again after the test."""
    modules = []

    def registered(pipeline, name="mine", **options):
        modules.append(f"bench.models.given:{name}")
        return from_pipeline(pipeline, name, **options)

    yield registered
    for module in modules:
        MODELS.forget(module)


@pytest.fixture
def opened(pipelines):
    """The pipeline of what stands in for a model, as a notebook has it."""
    return lambda name: open_pipeline(pipelines(name))


def suite(models, **changes):
    fields = {"models": models, "prompts": ["a duck"], "rewards": ["brightness"], "methods": ["base"], "seeds": [0]}
    return Suite.model_validate({"name": "own", **fields, "budget": "2rewards", **changes})


@pytest.mark.parametrize("name", ["sd15", "sd21", "sdxl", "sd-turbo", "sdxl-turbo", "lcm", "sd3-medium"])
def test_the_image_is_that_of_the_pipelines_call_without_options(name, opened, register, inject):
    """But for the number of steps, which is 50 for some; eta, guidance, size and scheduler are those of the call."""
    pipeline = opened(name)
    noise, found = our_image(register(pipeline, steps=4).load(CPU))
    inject(noise)
    assert_same_image(found, their_image(pipeline, noise[:, 0], num_inference_steps=4))


def test_flux_is_taken_with_the_text_length_of_schnell(opened, register):
    pipeline = opened("flux-schnell")
    noise, found = our_image(register(pipeline, steps=2, size=(16, 32)).load(CPU))
    packed = pipeline._pack_latents(noise[:, 0], 1, 4, 8, 16)
    call = {"num_inference_steps": 2, "max_sequence_length": 256, "height": 16, "width": 32}
    torch.testing.assert_close(found.clamp(0, 1), their_image(pipeline, packed, **call), rtol=0, atol=1e-4)


def test_defaults_are_those_of_the_call(opened, register):
    spec = register(opened("sdxl"))
    assert (spec.steps, spec.guidance, spec.eta, spec.size) == (50, 5.0, 0.0, (16, 16))
    assert register(opened("sdxl-turbo"), "other").eta == 1.0  # Euler-ancestral


def test_options_are_those_of_any_model(opened, register):
    pipeline = opened("sd15")
    noise, found = our_image(register(pipeline, steps=3, guidance=5.0, negative_prompt="a red crab").load(CPU))
    call = {"num_inference_steps": 3, "guidance_scale": 5.0, "negative_prompt": "a red crab"}
    assert_same_image(found, their_image(pipeline, noise[:, 0], **call))


def test_networks_run_in_the_types_they_have(opened, register):
    pipeline = opened("sd15").to(torch.bfloat16)
    model = register(pipeline, steps=2).load(CPU)
    assert (model.chosen["precision"], model.chosen["decode"]) == ("bf16", "bf16")
    _, found = our_image(model)
    assert found.dtype == torch.float32
    assert pipeline.unet.dtype == pipeline.vae.dtype == torch.bfloat16


def test_a_suite_runs_it(opened, register, tmp_path):
    register(opened("sd15"), "mine")
    one = suite({"mine": {"steps": 2}, "small": {"use": "mine", "steps": 1, "size": [16, 16]}})
    assert run_suite(one, tmp_path, [CPU], "off", Console(file=StringIO())) == 0
    assert len(list(tmp_path.glob("cells/*/done.json"))) == 2


def test_other_weights_under_the_name_make_other_cells(opened, register):
    def identity():
        (cell,) = suite({"mine": {}}).cells()
        return cell.id

    register(opened("sd15"), "mine")
    first = identity()
    register(opened("sd15"), "mine")
    assert identity() == first
    other = opened("sd15")
    with torch.no_grad():
        other.unet.conv_out.weight.add_(0.1)
    register(other, "mine")
    assert identity() != first
    again = opened("sd15")
    again.scheduler = DDIMScheduler.from_config(again.scheduler.config, timestep_spacing="trailing")
    register(again, "mine")
    assert identity() != first


def test_a_scheduler_that_looks_back_is_refused_and_may_be_replaced(opened, register):
    pipeline = opened("sd15")
    pipeline.scheduler = PNDMScheduler.from_config(pipeline.scheduler.config)
    with pytest.raises(InputError, match=r"scheduler 'PNDMScheduler' is none whose steps .*: ddim \(DDIMScheduler\)"):
        register(pipeline)
    noise, found = our_image(register(pipeline, steps=4, scheduler="ddim").load(CPU))
    pipeline.scheduler = DDIMScheduler.from_config(pipeline.scheduler.config, clip_sample=False)
    assert_same_image(found, their_image(pipeline, noise[:, 0], num_inference_steps=4))


def test_what_a_model_would_do_otherwise_is_refused(opened, register):
    clipping = opened("sd15")
    clipping.scheduler = DDIMScheduler.from_config(clipping.scheduler.config, clip_sample=True)
    with pytest.raises(InputError, match=r"clips clean latents, which no model here does; DDIMScheduler\.from_config"):
        register(clipping)
    with pytest.raises(InputError, match="takes a guidance scale, as dev does, not schnell"):
        register(make_flux(guidance_embeds=True))
    with pytest.raises(InputError, match="no model here samples a Tensor, only StableDiffusionPipeline, "):
        register(torch.zeros(1))
    offloaded = opened("sd15")
    offloaded.unet._hf_hook = object()
    with pytest.raises(InputError, match=r"remove_all_hooks\(\) ends that"):
        register(offloaded)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("sd15", {}, "model 'sd15': defined twice"),
        ("mine", {"weights": "some/model"}, "unknown option of model 'mine': 'weights'"),
        ("mine", {"precision": "bf16"}, "unknown option of model 'mine': 'precision'"),
        ("mine", {"size": 20}, "size must be a multiple of 16"),
        ("mine", {"scheduler": "euler-ancestral"}, "write `eta: 1` too"),
    ],
)
def test_wrong_options_and_names_are_refused(name, options, message, opened, register):
    with pytest.raises(InputError, match=message) as refused:
        register(opened("sd15"), name, **options)
    assert "\n" not in str(refused.value)


def test_only_what_is_there_can_be_imported():
    import bench.models

    assert bench.models.from_pipeline is from_pipeline
    with pytest.raises(AttributeError, match="has no attribute 'from_pipelines'"):
        bench.models.from_pipelines  # noqa: B018
