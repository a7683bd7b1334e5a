"""The methods of this package, and no other: test modules register further ones, some of which fail on purpose."""

from bench.registry import METHODS

SHIPPED_METHODS = [name for name in METHODS.names() if METHODS.get(name).factory.__module__.startswith("methods.")]
