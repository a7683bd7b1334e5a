"""Run folders written through the store itself, with smooth rewards in place of a model's."""

import json

import torch

from bench.store.ended import sealed
from bench.store.folder import RunStore
from bench.store.plugins import PLUGINS
from bench.suite.suite import Suite
from tests.support.plugins import HERE

STEPS = 5
ENDED = {"steps": 1, "overshoot": 0.0, "wall": 1.0, "ledger": {}}
"""The least that a complete cell says."""
RAN = {"device": "cuda:0", "device_name": "H100", "threads": 2, "versions": {"torch": "2.13.0"}, "chosen": {}}
"""What an ended cell keeps of where it ran."""


def make_run(
    path,
    prompts=("cat", "dog"),
    seeds=(0, 1),
    methods=None,
    budget="10s",
    device="H100",
    pace=1.0,
    failed=(),
    **changes,
):
    """A finished run: method number i gains i + 1 over five events, `pace` seconds each; `failed`: (method, prompt)."""
    methods = methods or {"base": {}, "best-of-n": {}}
    fields = {
        "name": "small",
        "models": [f"{HERE}@gaussian"],
        "prompts": list(prompts),
        "rewards": [f"{HERE}@mean"],
        "methods": methods,
        "seeds": list(seeds),
        "budget": budget,
        "checkpoints": [0.5],
    }
    suite = Suite.model_validate({**fields, **changes})
    store = RunStore.create(path, suite, provenance(device))
    where = {**RAN, "device_name": device}
    for number, cell in enumerate(suite.cells()):
        own = store.cell(cell.id)
        own.begin(cell)
        if (cell.method, cell.prompt) in failed:
            own.fail("ZeroDivisionError: <b>on purpose</b>", "Traceback", where)
            continue
        events = _events(list(methods).index(cell.method), prompts.index(cell.prompt) + 0.1 * cell.seed, pace)
        for event in events:
            own.append("events", event)
        for fraction in cell.checkpoints:
            own.append("checkpoints", _checkpoint(cell, events, fraction, own, number))
        ledger = {"setup": 1.0, "warm_up": 0.5, "method": STEPS * pace, "evaluation": 0.25, "logging": 0.125}
        wall = sum(ledger.values())
        spent = {"steps": STEPS, "peak_memory_mb": 100.0, "ledger": ledger, "overshoot": 0.0, "wall": wall}
        own.finish({**spent, **where})
    return path


def edit_plugin(path, label):
    """As if the file behind a label had been another when the run was made; the digest of the one that it is."""
    lines = [json.loads(line) for line in (path / PLUGINS).read_text().splitlines()]
    (own,) = (one for one in lines if one["label"] == label)
    digest, own["sha256"] = own["sha256"], "edited"
    (path / PLUGINS).write_text("".join(f"{json.dumps(one)}\n" for one in lines))
    return digest


def provenance(device):
    return {
        "started": "2026-01-02T03:04:05+00:00",
        "git": {"sha": "0123456789abcdef", "dirty": False},
        "python": "3.11.7",
        "platform": "Linux",
        "versions": {"torch": "2.13.0"},
        "devices": [{"device": "cuda:0", "name": device}],
        "threads": 2,
        "processors": 2,
        "weights": {"gaussian.safetensors": "aa" * 32},
        "command": ["dno-bench", "run", "small"],
    }


def _events(level, shift, pace):
    rewards = [shift + (level + 1) * (step + 1) / STEPS for step in range(STEPS)]
    return [
        {
            "step": step,
            "seconds": pace * (step + 1),
            **dict.fromkeys(("denoiser_evals", "decodes", "reward_calls", "backward_evals"), 10 * (step + 1)),
            "current_reward": reward,
            "mean_reward": reward,
            "best_reward": reward,
        }
        for step, reward in enumerate(rewards)
    ]


def _checkpoint(cell, events, fraction, store, number):
    limit = cell.budget.at(fraction)
    event = [one for one in events if one[cell.budget.unit] <= limit][-1]
    colour = torch.tensor([number * 7 % 256, int(255 * fraction), 64]) / 255
    return {
        "budget": limit,
        "budget_unit": cell.budget.unit,
        **{key: value for key, value in event.items() if key not in {"step", "current_reward", "mean_reward"}},
        "last_reward": event["current_reward"],
        "status": "ok",
        "image": store.save_image(f"{limit:g}", colour[:, None, None].expand(3, 16, 16)),
        "metrics": {"support-distance": 0.1 * event["best_reward"], "adherence": 0.9},
    }


def sealed_anew(folder):
    """As if an ended cell had appended what lies in its folder now."""
    (end,) = (path for path in (folder / "done.json", folder / "failed.json") if path.exists())
    end.write_text(json.dumps({**json.loads(end.read_text()), **sealed(folder)}))
