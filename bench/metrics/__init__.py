"""What is measured of a result off the clock: one file a metric."""
