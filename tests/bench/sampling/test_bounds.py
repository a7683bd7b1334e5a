from types import SimpleNamespace

import pytest

from bench.sampling.bounds import require_at_least, require_positive

OPTIONS = SimpleNamespace(zero=0, one=1, tiny=1e-9, off=None)


def test_what_lies_within_passes_and_so_does_what_is_off():
    require_positive(OPTIONS, "one", "tiny", "off")
    require_at_least(OPTIONS, 0, "zero", "one")


def test_the_first_that_does_not_is_named_with_its_value():
    with pytest.raises(ValueError, match=r"^zero must be positive, got 0$"):
        require_positive(OPTIONS, "one", "zero")
    with pytest.raises(ValueError, match=r"^zero must be at least 1, got 0$"):
        require_at_least(OPTIONS, 1, "one", "zero")
