"""LoRAs: merged, the image is the pipeline's with the adapters beside its weights; skipped where peft is missing."""

import importlib.util
import math

import pytest
import torch
from diffusers import UNet2DConditionModel
from safetensors.torch import save_file
from torch import nn
from transformers import CLIPTextModel

from bench.errors import InputError
from bench.registry import MODELS
from bench.suite.needs import require_weights
from tests.support.cells import make_cell
from tests.support.standins.parity import assert_same_image, open_pipeline, our_image, their_image

needs_peft = pytest.mark.skipif(importlib.util.find_spec("peft") is None, reason="peft is not installed (extra lora)")


@pytest.fixture
def adapter(pipelines, tmp_path):
    """Writes an adapter of random weights for the attention of what stands in for `sd15`."""
    networks = {"unet": UNet2DConditionModel, "text_encoder": CLIPTextModel}

    def written(seed=0, part="unet", network="unet"):
        generator = torch.Generator().manual_seed(seed)
        tensors = {}
        for name, layer in networks[network].from_pretrained(pipelines("sd15") / network).named_modules():
            if isinstance(layer, nn.Linear) and name.endswith(("to_q", "to_v", "q_proj", "v_proj")):
                down = torch.randn(2, layer.in_features, generator=generator)
                tensors[f"{part}.{name}.lora_A.weight"] = down
                tensors[f"{part}.{name}.lora_B.weight"] = torch.randn(layer.out_features, 2, generator=generator)
        path = tmp_path / f"{part}-{seed}.safetensors"
        save_file(tensors, path)
        return path

    return written


def cell(**options):
    return make_cell(model="sd15", model_options=options)


@needs_peft
@pytest.mark.parametrize(
    ("parts", "scales"),
    [(["unet"], [0.7]), (["unet", "unet"], [0.5, -0.3]), (["unet", "text_encoder"], [0.5, 0.6])],
)
def test_the_image_is_the_pipelines_with_its_adapters(parts, scales, adapter, load, pipelines):
    paths = [adapter(seed, part, part) for seed, part in enumerate(parts)]
    lora = [{"path": str(path), "scale": scale} for path, scale in zip(paths, scales, strict=True)]
    require_weights([cell(weights=str(pipelines("sd15")), lora=lora)])
    sampling = {"steps": 3, "guidance": 5.0, "eta": 0.0}
    noise, found = our_image(load("sd15", **sampling, lora=lora))
    theirs, names = open_pipeline(pipelines("sd15")), [path.stem for path in paths]
    for path, name in zip(paths, names, strict=True):
        theirs.load_lora_weights(str(path.parent), weight_name=path.name, adapter_name=name)
    theirs.set_adapters(names, scales)
    assert_same_image(found, their_image(theirs, noise[:, 0], num_inference_steps=3, guidance_scale=5.0))
    _, plain = our_image(load("sd15", **sampling))
    assert (found - plain).abs().max() > 1e-3


@needs_peft
def test_a_merged_adapter_leaves_the_network_as_it_was_built(adapter, load):
    merged, plain = load("sd15", lora=[{"path": str(adapter())}]), load("sd15")
    modules = [[type(module) for module in model._network.modules()] for model in (merged, plain)]
    assert modules[0] == modules[1]
    assert all(not one.requires_grad for one in merged._network.parameters())


@needs_peft
def test_an_adapter_of_other_networks_is_refused(adapter, load):
    with pytest.raises(InputError, match="holds no LoRA for the networks of a StableDiffusionPipeline") as refused:
        load("sd15", lora=[{"path": str(adapter(part="transformer"))}])
    assert "\n" not in str(refused.value)


@needs_peft
def test_what_is_no_adapter_is_refused(load, tmp_path):
    save_file({"unet.weight": torch.zeros(1)}, tmp_path / "weights.safetensors")
    with pytest.raises(InputError, match="is no LoRA: ") as refused:
        load("sd15", lora=[{"path": str(tmp_path / "weights.safetensors")}])
    assert "\n" not in str(refused.value)


def test_without_peft_it_is_said_before_a_run(adapter, pipelines, monkeypatch):
    monkeypatch.setattr("bench.weights.package.find_spec", lambda name: None)
    options = {"weights": str(pipelines("sd15")), "lora": [{"path": str(adapter())}]}
    with pytest.raises(InputError, match="not on this machine: 'Python package peft'"):
        require_weights([cell(**options)])
    require_weights([cell(weights=options["weights"])])
    peft, *_ = MODELS.get("sd15").create(options).sources()[1:]
    with pytest.raises(InputError, match=r'`pip install "dno-bench\[lora\]"` installs it'):
        peft.fetch()


def test_a_file_that_is_not_there_is_not_found(adapter, pipelines, monkeypatch):
    monkeypatch.setattr("bench.weights.package.find_spec", lambda name: importlib.util.find_spec("torch"))
    path = adapter()
    lora = [{"path": str(path.with_name("unet-9.safetensors"))}]
    with pytest.raises(InputError, match=r"unet-9\.safetensors' not found; did you mean '.*unet-0\.safetensors'"):
        require_weights([cell(weights=str(pipelines("sd15")), lora=lora)])


@pytest.mark.parametrize(
    ("lora", "message"),
    [
        ([{"path": "own.bin"}], r"lora: path must be a file that ends in \.safetensors, got 'own\.bin'"),
        ([{"path": "own.safetensors", "scale": math.nan}], "lora: scale must be a finite number, got nan"),
        ([{"path": "own.safetensors", "scal": 1}], "scal"),
        ([{"scale": 1}], "path"),
        ({"path": "own.safetensors"}, "lora: Input should be a list"),
    ],
)
def test_what_makes_no_sense_is_refused(lora, message):
    with pytest.raises(InputError, match=message) as refused:
        MODELS.get("sd15").create({"lora": lora})
    assert "\n" not in str(refused.value)
