"""Where noise becomes a sample: one file a family of models."""
