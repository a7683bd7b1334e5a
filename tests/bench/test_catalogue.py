"""What `dno-bench show` says of one thing."""

from bench.catalogue import details


def test_an_option_without_a_default_is_required():
    assert details("reward", "sum").endswith("options:\n  of (required)")
