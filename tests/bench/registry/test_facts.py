"""Which samples go with which judges."""

import json
from dataclasses import asdict

import pytest

from bench.registry import ANY_MEDIUM, REGISTRIES, judges


@pytest.mark.parametrize(
    ("media", "medium", "expected"),
    [
        (("image",), "image", True),
        (("image",), "emoji", True),
        (("emoji",), "image", False),
        (("emoji", "points"), "points", True),
        (("image",), "points", False),
        (ANY_MEDIUM, "emoji", True),
        (ANY_MEDIUM, "points", True),
    ],
)
def test_an_emoji_is_an_image_and_not_the_other_way_round(media, medium, expected):
    assert judges(media, medium) is expected


@pytest.mark.parametrize("kind", REGISTRIES)
def test_facts_are_strict_json(kind):
    """They are kept beside a run, for readers that may have no plug-ins."""
    registry = REGISTRIES[kind]
    for name in registry.names():
        facts = asdict(registry.get(name).facts)
        assert json.loads(json.dumps(facts, allow_nan=False)).keys() == facts.keys()
