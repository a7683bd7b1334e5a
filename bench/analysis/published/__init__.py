"""What the literature printed, and how our numbers stand beside it."""
