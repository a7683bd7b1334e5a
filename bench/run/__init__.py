"""Running cells: campaign, executors, the loop that pulls a method, the clock, and what is written down of it."""
