"""Commands that measure speed, memory and endurance; nothing here is a test. Run them from the root of a checkout."""
