"""What is measured of whole sets of images after a run: one file a metric."""
