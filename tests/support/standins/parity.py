"""A model's image beside the one that its diffusers pipeline's own call makes of the same noise."""

from pathlib import Path

import torch
from diffusers import DiffusionPipeline
from torch import Tensor

from bench.problem import Model
from tests.support.problems import make_problem

PROMPT = "a white duck"


def our_image(model: Model) -> tuple[Tensor, Tensor]:
    """The noise `(1, steps + 1, *latent_shape)` of a problem, and the image that the model makes of it."""
    problem = make_problem(model, "brightness", PROMPT)
    noise = problem.draw_noise(1)
    with torch.no_grad():
        return noise, problem.generate(noise)


def open_pipeline(folder: Path) -> DiffusionPipeline:
    """The pipeline in a folder, in float32."""
    return DiffusionPipeline.from_pretrained(folder, dtype=torch.float32)


def their_image(pipeline: DiffusionPipeline, latents: Tensor, **call: object) -> Tensor:
    """What the pipeline's call makes of initial latents."""
    pipeline.set_progress_bar_config(disable=True)
    return pipeline(PROMPT, latents=latents, output_type="pt", **call).images


def assert_same_image(found: Tensor, expected: Tensor) -> None:
    """To 1e-4, of an image that is not flat."""
    assert expected.std() > 0.05
    torch.testing.assert_close(found.clamp(0, 1), expected, rtol=0, atol=1e-4)
