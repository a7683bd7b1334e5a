"""One training loop for all embedded models: AdamW, one-cycle learning rate, progress, resumes when interrupted."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

SAVE_EVERY = 250
MAX_GRAD_NORM = 1.0


def fit(
    module: nn.Module,
    loss_at: Callable[[int], Tensor],
    steps: int,
    learning_rate: float,
    state_file: Path,
    ema: nn.Module | None = None,
    ema_decay: float = 0.0,
) -> None:
    """Minimise `loss_at(step)` over the module's parameters for `steps` steps.

    What a step draws must depend on the step alone (`loss_at` seeds itself), so that a run that was interrupted and
    resumed from `state_file` ends in the same weights as one that was not.

    Args:
        module: trained in place.
        loss_at: the loss of a step, a scalar.
        steps: how many steps.
        learning_rate: the peak of the one-cycle schedule.
        state_file: where the state is saved, and resumed from if it exists.
        ema: a copy of the module that follows it as an exponential moving average.
        ema_decay: its decay, reached gradually.
    """
    trained = [parameter for parameter in module.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=learning_rate, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, learning_rate, steps, pct_start=0.05)
    parts: dict[str, Any] = {
        "module": module,
        "optimizer": optimizer,
        "schedule": schedule,
        **({"ema": ema} if ema else {}),
    }
    first = _resume(parts, state_file)
    start, mean = time.monotonic(), 0.0
    for step in range(first, steps):
        loss = loss_at(step)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(trained, MAX_GRAD_NORM)
        optimizer.step()
        schedule.step()
        if ema:
            _follow(ema, module, min(ema_decay, (step + 1) / (step + 10)))
        mean += (loss.item() - mean) / min(step - first + 1, 100)
        if (step + 1) % SAVE_EVERY == 0 or step + 1 == steps:
            _save(parts, step + 1, state_file)
            pace = (time.monotonic() - start) / (step + 1 - first)
            left = pace * (steps - step - 1) / 60
            print(
                f"{state_file.stem}: step {step + 1}/{steps}, loss {mean:.4f}, {pace:.2f} s a step, {left:.0f} min left"
            )


def _resume(parts: dict[str, Any], state_file: Path) -> int:
    if not state_file.exists():
        return 0
    state = torch.load(state_file, weights_only=True)
    for name, part in parts.items():
        part.load_state_dict(state[name])
    step: int = state["step"]
    return step


def _save(parts: dict[str, Any], step: int, state_file: Path) -> None:
    temporary = state_file.with_suffix(".part")
    torch.save({"step": step, **{name: part.state_dict() for name, part in parts.items()}}, temporary)
    temporary.replace(state_file)


@torch.no_grad()
def _follow(ema: nn.Module, module: nn.Module, decay: float) -> None:
    averages: list[Tensor] = list(ema.parameters())
    values: list[Tensor] = list(module.parameters())
    torch._foreach_lerp_(averages, values, 1 - decay)
