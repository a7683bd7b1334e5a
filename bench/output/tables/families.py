"""Methods of one family stand together, the family of `base` first."""

from collections.abc import Iterable, Mapping

from bench.store.columns import BASELINE

Families = Mapping[str, str]
"""Methods to their families; what is not there has none."""


def by_family(methods: Iterable[str], families: Families) -> list[str]:
    """Order methods by family and name."""
    own = families.get(BASELINE, "")
    return sorted(set(methods), key=lambda name: (families.get(name, "") != own, families.get(name, ""), name))
