"""One file a plot: what it is drawn from, its panels, its note, and why it is left out of a run that lacks its data."""
