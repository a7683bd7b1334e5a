"""What the analysis found, as pictures: drawn without a screen, each beside the data it shows."""

from bench.output.plots.draw import draw_all

__all__ = ["draw_all"]
