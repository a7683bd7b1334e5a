"""Names to classes: by decorator, by entry point, or by `path.py@name` for a file outside the tree.

Five registries, one each for methods, rewards, models, metrics and set metrics. The files of the matching package are
imported on first use, so that adding a file is all it takes to add a name.
"""

from bench.registry.entry import Entry
from bench.registry.facts import (
    ANY_MEDIUM,
    Medium,
    MethodFacts,
    MetricFacts,
    ModelFacts,
    RewardFacts,
    SetMetricFacts,
    judges,
)
from bench.registry.kinds import (
    METHODS,
    METRICS,
    MODELS,
    REGISTRIES,
    REWARDS,
    SET_METRICS,
    register_method,
    register_metric,
    register_model,
    register_reward,
    register_set_metric,
)
from bench.registry.options import option, resolved_options, source_of
from bench.registry.protocols import (
    ChecksModel,
    Composite,
    Method,
    Metric,
    ModelSpec,
    Reward,
    SetMetric,
    SetTask,
    TensorReward,
)
from bench.registry.registry import Registry, import_file

__all__ = [
    "ANY_MEDIUM",
    "METHODS",
    "METRICS",
    "MODELS",
    "REGISTRIES",
    "REWARDS",
    "SET_METRICS",
    "ChecksModel",
    "Composite",
    "Entry",
    "Medium",
    "Method",
    "MethodFacts",
    "Metric",
    "MetricFacts",
    "ModelFacts",
    "ModelSpec",
    "Registry",
    "Reward",
    "RewardFacts",
    "SetMetric",
    "SetMetricFacts",
    "SetTask",
    "TensorReward",
    "import_file",
    "judges",
    "option",
    "register_method",
    "register_metric",
    "register_model",
    "register_reward",
    "register_set_metric",
    "resolved_options",
    "source_of",
]
