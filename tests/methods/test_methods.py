"""Every registered method passes the public conformance suite."""

import pytest

from bench.registry import METHODS
from bench.testing import MethodConformance

# Not METHODS.names(): other test modules may have registered methods that fail on purpose.
BUILT_IN = [name for name in METHODS.names() if METHODS.get(name).factory.__module__.startswith("methods.")]


@pytest.mark.parametrize("name", BUILT_IN)
class TestRegisteredMethods(MethodConformance):
    @pytest.fixture(autouse=True)
    def _name(self, name, request):
        request.cls.method = name
