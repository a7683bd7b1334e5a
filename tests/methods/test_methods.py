"""Every registered method passes the public conformance suite."""

import pytest

from bench.registry import METHODS
from bench.testing import MethodConformance

# Not METHODS.names(): other test modules may have registered methods that fail on purpose.
BUILT_IN = [name for name in METHODS.names() if METHODS.get(name).factory.__module__.startswith("methods.")]

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


@pytest.mark.parametrize("name", BUILT_IN)
class TestRegisteredMethods(MethodConformance):
    @pytest.fixture(autouse=True)
    def _name(self, name, request):
        request.cls.method, request.cls.options = name, OPTIONS.get(name, {})
