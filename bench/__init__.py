"""DNO-Bench: inference-time alignment methods for diffusion models, compared at equal GPU time."""

import os

# transformers warns at import that torchvision is missing, which nothing here needs.
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
