"""Every registered method passes the public conformance suite."""

import pytest

from bench.registry import METHODS
from bench.testing import MethodConformance


@pytest.mark.parametrize("name", METHODS.names())
class TestRegisteredMethods(MethodConformance):
    @pytest.fixture(autouse=True)
    def _name(self, name, request):
        request.cls.method = name
