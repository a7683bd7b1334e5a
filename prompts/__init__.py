"""Prompt sets: one file each, described in sets.yaml."""
