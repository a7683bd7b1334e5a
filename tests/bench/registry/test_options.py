"""Options: defaults with sources, values that are checked, and what an instance was resolved to."""

import math
from dataclasses import MISSING, dataclass, fields

import pytest

from bench.errors import InputError
from bench.registry import REGISTRIES, REWARDS, ModelFacts, Registry, option, resolved_options, source_of

SHIPPED = [
    (kind, name)
    for kind, registry in REGISTRIES.items()
    for name in registry.names()
    # Other test modules may have registered plug-ins of their own.
    if registry.get(name).factory.__module__.startswith(("methods.", "rewards.", "bench."))
]


@dataclass(frozen=True)
class Ascent:
    """Options of every shape."""

    rate: float = option(0.01, source="the paper")
    bound: float | None = None
    scales: tuple[float, ...] = (1.0, 2.0)
    parts: dict[str, float | dict[str, float]] | None = None
    count: int = 3

    def __post_init__(self):
        if self.count == 0:
            raise ValueError("count must not be 0")
        if self.count < 0:
            raise KeyError("a fault of the class")


@dataclass(frozen=True)
class Faster(Ascent):
    """Another default, without a source."""

    rate: float = 0.1


@pytest.fixture
def entry():
    registry = Registry("thing", "methods")
    registry.register("ascent", ModelFacts(licence="", weights="", paper=""))(Ascent)
    return registry.get("ascent")


@pytest.mark.parametrize(("kind", "name"), SHIPPED)
def test_every_shipped_default_has_a_source(kind, name):
    for field in fields(REGISTRIES[kind].get(name).factory):
        assert field.default is MISSING or source_of(field), field.name


def test_a_source_belongs_to_its_default():
    assert Ascent().rate == 0.01
    assert [source_of(field) for field in fields(Ascent)[:2]] == ["the paper", ""]
    assert source_of(fields(Faster)[0]) == ""


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"rate": math.nan}, "rate"),
        ({"rate": math.inf}, "rate"),
        ({"rate": "nan"}, "rate"),
        ({"bound": -math.inf}, "bound"),
        ({"scales": [1, math.inf]}, r"scales\.1"),
        ({"parts": {"a": {"weight": math.nan}}}, r"parts\.a\.weight"),
        ({"count": math.inf}, "count"),
    ],
)
def test_what_is_not_finite_is_refused(entry, options, where):
    with pytest.raises(InputError, match=f"^thing 'ascent': {where}: .*finite number"):
        entry.create(options)


def test_what_the_class_refuses_or_fails_at_is_one_line(entry):
    with pytest.raises(InputError, match=r"^thing 'ascent': count must not be 0$"):
        entry.create({"count": 0})
    with pytest.raises(InputError, match=r"^thing 'ascent': class Ascent raises KeyError: 'a fault of the class'$"):
        entry.create({"count": -1})


def test_a_type_that_cannot_be_checked_is_one_line():
    @dataclass
    class Odd:
        what: "nowhere.Tensor" = None  # noqa: F821

    registry = Registry("thing", "methods")
    registry.register("odd", ModelFacts(licence="", weights="", paper=""))(Odd)
    with pytest.raises(InputError, match=r"^thing 'odd': class .*Odd raises Pydantic"):
        registry.get("odd").create({})


def test_resolved_options_hold_defaults_and_those_of_parts():
    assert resolved_options(Ascent(count=5)) == {
        "rate": 0.01, "bound": None, "scales": (1.0, 2.0), "parts": None, "count": 5,
    }  # fmt: skip
    of = {"brightness": 0.5, "pickscore": {"weight": 2.0, "tokenizer": "here"}}
    clip = REWARDS.get("pickscore").create({}).clip
    assert resolved_options(REWARDS.get("sum").create({"of": of})) == {
        "of": of, "parts": {"brightness": {}, "pickscore": {"clip": clip, "tokenizer": "here"}},
    }  # fmt: skip
