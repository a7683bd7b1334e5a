"""Commands that are killed at random moments, and what that does to the folders they work in."""
