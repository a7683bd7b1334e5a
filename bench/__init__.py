"""DNO-Bench: inference-time alignment methods for diffusion models, compared at equal GPU time."""

import os

# transformers warns at import that torchvision is missing, which nothing here needs, and draws a bar for each load.
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
