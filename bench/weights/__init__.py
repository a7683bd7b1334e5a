"""Weights and data that are not in the package: what a plug-in needs, where it lies on this machine, how it gets there.

A plug-in that needs any has a method `sources()`, which lists them for its options; nothing is downloaded but by
`dno-bench fetch`.
"""
