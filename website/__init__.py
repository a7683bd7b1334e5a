"""What the documentation site has beside docs/: pages that are found in the repository or generated from the registry.

Only mkdocs needs it (`./reproduce.sh docs`); it is in no wheel.
"""
