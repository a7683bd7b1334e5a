"""Where the parts of the embedded model lie."""

from pathlib import Path

FOLDER = Path(__file__).parent
WEIGHTS = FOLDER / "weights"
"""A folder that `StableDiffusionPipeline.from_pretrained` loads."""
