"""What is asked of NVML, of a stand-in that answers as the library does."""

import math
import sys
from types import SimpleNamespace

import pytest
import torch

from bench.run.gpu import Nvml, Reading, State, open_gpu

CUDA = torch.device("cuda", 0)


class Library:
    """nvidia-ml-py on a machine of two GPUs; names in `lacks` are not supported."""

    NVML_CLOCK_SM, NVML_GPU_UTILIZATION_SAMPLES, NVML_SUCCESS = 1, 1, 0
    NVML_GPM_METRICS_GET_VERSION, NVML_GPM_METRIC_SM_UTIL = 1, 2

    class NVMLError(Exception):
        pass

    def __init__(self, lacks=()):
        self.lacks, self.samples, self.energy, self.counter = lacks, [], 0, 0.0

    def _require(self, name):
        if name in self.lacks:
            raise self.NVMLError("Not Supported")

    def nvmlInit(self):
        self._require("init")

    def nvmlDeviceGetHandleByUUID(self, uuid):
        return {"GPU-aa": "first", "GPU-bb": "second"}[uuid]

    def nvmlDeviceGetTotalEnergyConsumption(self, handle):
        self._require("energy")
        return self.energy

    def nvmlDeviceGetSamples(self, handle, kind, since):
        """The library may hand back a sample that was seen before, and raises where there is no newer one."""
        new = [one for one in self.samples if one.timeStamp >= since]
        if not new:
            raise self.NVMLError("Not Found")
        return 1, new

    def sample(self, moment, percent):
        self.samples.append(SimpleNamespace(timeStamp=moment, sampleValue=SimpleNamespace(uiVal=percent)))

    def nvmlDeviceGetClockInfo(self, handle, kind):
        return 1980

    def nvmlDeviceGetComputeRunningProcesses(self, handle):
        return ["this one", "another"] if handle == "second" else ["this one"]

    def nvmlGpmQueryDeviceSupport(self, handle):
        return SimpleNamespace(isSupportedDevice=int("gpm" not in self.lacks))

    def nvmlGpmSampleAlloc(self):
        return SimpleNamespace(at=None)

    def nvmlGpmSampleGet(self, handle, sample):
        sample.at = self.counter

    def c_nvmlGpmMetricsGet_t(self):
        return SimpleNamespace(metrics=[SimpleNamespace(nvmlReturn=0, value=0.0)])

    def nvmlGpmMetricsGet(self, asked):
        assert (asked.version, asked.numMetrics, asked.metrics[0].metricId) == (1, 1, 2)
        asked.metrics[0].value = asked.sample2.at - asked.sample1.at


def test_a_reading_is_of_the_time_since_the_one_before():
    library = Library()
    library.sample(1, 90)
    gpu = Nvml(library, "first")
    gpu.read()
    library.sample(2, 20)
    library.sample(3, 40)
    library.energy, library.counter = 5000, 25.0
    assert gpu.read() == Reading(pytest.approx(0.3), 0.25, 5.0)
    library.sample(4, 100)
    library.counter = 75.0
    assert gpu.read() == Reading(1.0, 0.5, 5.0)


def test_what_a_device_or_driver_lacks_is_not_known():
    reading = Nvml(Library(lacks=("energy", "gpm")), "first").read()
    assert all(math.isnan(value) for value in reading)


def test_an_old_module_lacks_what_it_does_not_know_and_no_more(monkeypatch):
    for name in [one for one in vars(Library) if "pm" in one.lower() and not one.startswith("__")]:
        monkeypatch.delattr(Library, name)
    library = Library()
    library.sample(1, 40)
    library.energy = 5000
    reading = Nvml(library, "first").read()
    assert (reading.busy, reading.joules) == (0.4, 5.0)
    assert math.isnan(reading.sm_busy)


def test_an_old_module_that_finds_no_device_by_uuid_is_a_note(monkeypatch):
    monkeypatch.delattr(Library, "nvmlDeviceGetHandleByUUID")
    monkeypatch.setitem(sys.modules, "pynvml", Library())
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda device: SimpleNamespace(uuid="bb"))
    notes = []
    assert open_gpu(CUDA, notes.append) is None
    assert "nvmlDeviceGetHandleByUUID" in notes[0]


def test_others_on_the_device_are_counted():
    assert Nvml(Library(), "first").state() == State(1980, 0)
    assert Nvml(Library(), "second").state() == State(1980, 1)


def test_a_device_is_found_by_its_uuid_whatever_number_it_has_here(monkeypatch):
    monkeypatch.setitem(sys.modules, "pynvml", Library())
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda device: SimpleNamespace(uuid="bb"))
    assert open_gpu(CUDA, pytest.fail).state().processes == 1


def test_a_processor_has_nothing_to_ask():
    assert open_gpu(torch.device("cpu"), pytest.fail) is None


@pytest.mark.parametrize(
    ("module", "said"), [(None, 'pip install "dno-bench[gpu]"'), (Library(lacks=("init",)), "NVML says Not Supported")]
)
def test_a_gpu_that_cannot_be_asked_is_a_note(monkeypatch, module, said):
    monkeypatch.setitem(sys.modules, "pynvml", module)
    notes = []
    assert open_gpu(CUDA, notes.append) is None
    assert len(notes) == 1
    assert said in notes[0]
