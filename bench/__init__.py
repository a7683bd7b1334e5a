"""DNO-Bench: inference-time alignment methods for diffusion models, compared at equal GPU time."""
