"""Commands that measure performance; nothing here is a test. Run them from the root of a checkout."""
