"""The schedulers of diffusers whose steps the one sampling step follows exactly, by the names that options call them.

What looks back at earlier steps, as PNDM, UniPC and DPM-Solver's multistep kinds do, or evaluates the network more than
once a step, is no step of `bench.models.schedule`.
"""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from bench.errors import InputError
from bench.models.schedule import Schedule
from bench.models.schedulers import ddim, euler, from_betas


class Followed(NamedTuple):
    """A scheduler that can be followed.

    Attributes:
        kind: its class in diffusers.
        eta: the noise that it injects, as a share of the ancestral one; None where the caller says it.
    """

    kind: str
    eta: float | None = None


SCHEDULERS: Mapping[str, Followed] = {
    "ddim": Followed("DDIMScheduler"),
    "euler": Followed("EulerDiscreteScheduler", 0.0),
    "euler-ancestral": Followed("EulerAncestralDiscreteScheduler", 1.0),
    "lcm": Followed("LCMScheduler"),
    "flow-match-euler": Followed("FlowMatchEulerDiscreteScheduler"),
}


def scheduler_name(text: str, allowed: Collection[str]) -> str:
    """The name here of a scheduler that is called by it or by its class.

    Raises:
        InputError: it is none of `allowed`, which are listed.
    """
    name = next((name for name, one in SCHEDULERS.items() if text in (name, one.kind)), text)
    if name not in allowed:
        known = ", ".join(f"{one} ({SCHEDULERS[one].kind})" for one in allowed)
        raise InputError(f"scheduler {text!r} is none whose steps this model can follow: {known}")
    return name


def check_eta(scheduler: str, eta: float) -> None:
    """Refuse another eta than a scheduler has.

    Raises:
        InputError: says which it has.
    """
    own = SCHEDULERS[scheduler].eta
    if own is not None and eta != own:
        raise InputError(
            f"scheduler {scheduler!r} injects noise of eta {own:g}: write `eta: {own:g}` too (got {eta:g})"
        )


def schedule_of(scheduler: str, config: Mapping[str, Any], options: Mapping[str, float]) -> Schedule:
    """The schedule of `ddim` and of Euler's kinds.

    Args:
        scheduler: its name here.
        config: of the scheduler that the pipeline has, of whatever kind: gives the noise levels, the spacing of the
            steps and what the network predicts, as the scheduler's own `from_config` takes them.
        options: steps and eta.

    Raises:
        InputError: the configuration has no betas.
    """
    import diffusers

    own = from_betas(getattr(diffusers, SCHEDULERS[scheduler].kind), config)
    follow = ddim if scheduler == "ddim" else euler
    return follow(own, int(options["steps"]), options["eta"])
