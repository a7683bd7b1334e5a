"""Where cells run: an executor takes cells and reports how each ended."""
