"""The embedded text-to-image model: a tiny Stable Diffusion of emoji scenes whose distribution is known exactly."""

from pathlib import Path

FOLDER = Path(__file__).parent
WEIGHTS = FOLDER / "weights"
"""A folder that `StableDiffusionPipeline.from_pretrained` loads."""
