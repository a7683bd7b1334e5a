"""In which order a family is measured."""

import torch

from benchmarks.dno_step.ways import ON_GPU, Task, groups


def test_on_a_gpu_what_says_most_is_measured_first():
    tasks = [task for (task,) in groups(torch.device("cuda"))]
    assert tasks[:4] == [Task("dno", way) for way in ("official", "graphs", "compiled", "eager")]
    assert tasks[-1] == Task("dno-regularized", "compiled")
    assert {task.method for task in tasks[-6:-1]} == {"best-of-n"}
    assert len(set(tasks)) == len(tasks)


def test_what_is_slow_on_a_gpu_is_timed_once():
    assert {name: way.repeats for name, way in ON_GPU.items()} == {
        "official": 1,
        "eager": 1,
        "graphs": 3,
        "compiled": 3,
    }
