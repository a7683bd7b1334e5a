"""Every registered method passes the public conformance suite."""

import pytest

from bench.testing import MethodConformance
from tests.support.shipped import SHIPPED_METHODS

OPTIONS = {
    # The toy has no condition, so that guidance has no effect; fresh noise must come within a few yields.
    "cfg-sweep": {"scales": (2.0,)},
    # In the toy's five steps EDICT's pair drifts apart unless it is mixed more.
    "doodl": {"mixing": 0.7, "scale": 100.0},
    # Nor is there guidance to measure a push by.
    "freedom": {"relative_to": "noise"},
    "mpgd": {"relative_to": "noise", "scale": 0.5},
    "psi-sampler": {"particles": 4, "chains": 2, "burn_in": 2, "thinning": 1},
}


@pytest.mark.parametrize("name", SHIPPED_METHODS)
class TestRegisteredMethods(MethodConformance):
    @pytest.fixture(autouse=True)
    def _name(self, name, request):
        request.cls.method, request.cls.options = name, OPTIONS.get(name, {})
