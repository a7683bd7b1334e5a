"""What a GPU says of itself while a cell runs, through NVML.

Utilisation is what NVML counts anyway, so asking costs no kernel anything; CUPTI, through torch's profiler, would have
to run inside the stretches that are timed, and slows a host that launches thousands of kernels by more than 1 %.
"""

import math
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

import torch


class Reading(NamedTuple):
    """What a GPU did since the reading before; NaN where it does not say.

    Attributes:
        busy: share of the time in which at least one kernel ran.
        sm_busy: mean share of the multiprocessors that were busy.
        joules: that the device has used since its driver was loaded.
    """

    busy: float
    sm_busy: float
    joules: float


class State(NamedTuple):
    """A GPU at one moment.

    Attributes:
        sm_clock_mhz: of its multiprocessors.
        processes: how many others compute on it.
    """

    sm_clock_mhz: float
    processes: float


class Gpu(Protocol):
    """A device that can be asked, from any one thread."""

    def read(self) -> Reading:
        """What it did since the last reading."""
        ...

    def state(self) -> State:
        """How it is now."""
        ...


def open_gpu(device: torch.device, note: Callable[[str], None]) -> Gpu | None:
    """The GPU behind a device, None for a processor or where NVML cannot be asked; `note` is told why not."""
    if device.type != "cuda" or torch.version.hip:
        return None
    try:
        import pynvml
    except ImportError:
        note('how busy the GPU is stays unknown without NVML: pip install "dno-bench[gpu]"')
        return None
    try:
        pynvml.nvmlInit()
        # By UUID: NVML counts all GPUs of the machine, torch those of CUDA_VISIBLE_DEVICES.
        return Nvml(pynvml, pynvml.nvmlDeviceGetHandleByUUID(f"GPU-{torch.cuda.get_device_properties(device).uuid}"))
    except (pynvml.NVMLError, AttributeError) as error:  # old modules lack functions
        note(f"how busy the GPU is stays unknown: NVML says {error}")
        return None


class Nvml:
    """A GPU through nvidia-ml-py.

    Args:
        nvml: the module `pynvml`, initialised.
        handle: of the device.
    """

    def __init__(self, nvml: Any, handle: Any) -> None:  # noqa: ANN401 - pynvml has no types
        self._nvml, self._handle = nvml, handle
        self._seen = 0  # the time stamp of the last sample, in microseconds
        self._counters: list[Any] = self._asked(self._hopper_counters, [])

    def read(self) -> Reading:
        """What it did since the last reading."""
        joules = self._asked(lambda: self._nvml.nvmlDeviceGetTotalEnergyConsumption(self._handle) / 1000, math.nan)
        return Reading(self._asked(self._busy, math.nan), self._asked(self._sm_busy, math.nan), joules)

    def state(self) -> State:
        """How it is now."""
        nvml, handle = self._nvml, self._handle
        clock = self._asked(lambda: float(nvml.nvmlDeviceGetClockInfo(handle, nvml.NVML_CLOCK_SM)), math.nan)
        # One of them is this process; its number tells nothing within a container, which has numbers of its own.
        there = self._asked(lambda: float(len(nvml.nvmlDeviceGetComputeRunningProcesses(handle))), math.nan)
        return State(clock, max(there - 1, 0.0))

    def _busy(self) -> float:
        """The mean of the samples since the last time; NVML takes one every few milliseconds to a sixth of a second."""
        kind = self._nvml.NVML_GPU_UTILIZATION_SAMPLES
        _, samples = self._nvml.nvmlDeviceGetSamples(self._handle, kind, self._seen)
        new = [one for one in samples if one.timeStamp > self._seen]
        if not new:
            return math.nan
        self._seen = max(one.timeStamp for one in new)
        return float(sum(one.sampleValue.uiVal for one in new)) / len(new) / 100

    def _hopper_counters(self) -> list[Any]:
        """Two places for the counters that GPUs have since Hopper; an empty list for older ones."""
        if not self._nvml.nvmlGpmQueryDeviceSupport(self._handle).isSupportedDevice:
            return []
        counters = [self._nvml.nvmlGpmSampleAlloc() for _ in range(2)]
        self._nvml.nvmlGpmSampleGet(self._handle, counters[1])
        return counters

    def _sm_busy(self) -> float:
        if not self._counters:
            return math.nan
        self._counters.reverse()
        before, after = self._counters
        self._nvml.nvmlGpmSampleGet(self._handle, after)
        asked = self._nvml.c_nvmlGpmMetricsGet_t()
        asked.version, asked.numMetrics = self._nvml.NVML_GPM_METRICS_GET_VERSION, 1
        asked.sample1, asked.sample2 = before, after
        asked.metrics[0].metricId = self._nvml.NVML_GPM_METRIC_SM_UTIL
        self._nvml.nvmlGpmMetricsGet(asked)
        found = asked.metrics[0]
        return float(found.value) / 100 if found.nvmlReturn == self._nvml.NVML_SUCCESS else math.nan

    def _asked(self, question: Callable[[], Any], unknown: Any) -> Any:  # noqa: ANN401
        """An answer, or `unknown` where the device, this driver, or an old module has none."""
        try:
            return question()
        except (self._nvml.NVMLError, AttributeError):
            return unknown
