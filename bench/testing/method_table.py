"""The README's table of methods, from what they declare and spend: `python -m bench.testing.method_table` writes it."""

import re
from pathlib import Path
from typing import Any, NamedTuple

from bench.output.catalogue import by_family
from bench.problem import Meter
from bench.registry import METHODS, Entry
from bench.testing.gaussian import GaussianModel, toy_problem
from bench.testing.pulling import pulled

README = Path(__file__).parents[2] / "README.md"
SECTION = r"(?s)(?<=<!-- methods -->\n).*?(?=\n<!-- end -->)"
HEAD = "| family | method | what it does | gradient | an offer costs | paper |"
STEPS = 10  # of the model on which costs are counted


def method_table() -> str:
    """The methods of this package in markdown, by family."""
    lines = [HEAD, "|" + "---|" * (HEAD.count("|") - 1)]
    for one in by_family(METHODS):
        if one.factory.__module__.startswith("methods."):
            facts, gradient = one.facts, "yes" if one.facts.gradient else ""
            is_link = facts.paper.startswith("https://")
            paper = f"[{facts.paper.rsplit('/', 1)[-1]}]({facts.paper})" if is_link else ""
            lines.append(
                f"| {facts.family} | `{one.name}` | {one.summary} | {gradient} | {offer_cost(one)} | {paper} |"
            )
    return "\n".join(lines)


class Offer(NamedTuple):
    """What an offer takes, counted by the meter, and how many samples it holds."""

    denoiser_evals: int
    backward_evals: int
    decodes: int
    reward_calls: int
    samples: int


def third_offer(method: Entry[Any, Any]) -> Offer:
    """What the third offer of a method takes at the default options, on a model of 10 steps.

    The first one may be another: where something is measured first, or nothing differentiated yet.
    """
    meter, counts, samples = Meter(), [], 0
    problem = toy_problem(model=GaussianModel(steps=STEPS), meter=meter)
    for offered in filter(None, pulled(method.create({}).run(problem), 3)):
        counts.append(meter.counts())
        samples = len(offered.samples)
    before, after = counts[-2:]
    return Offer(**{name: after[name] - before[name] for name in after}, samples=samples)


def offer_cost(method: Entry[Any, Any]) -> str:
    """The third offer in short: `predictions + backward ones, rewards → samples`."""
    offer = third_offer(method)
    backward = f" + {offer.backward_evals}" if offer.backward_evals else ""
    return f"{offer.denoiser_evals}{backward}, {offer.reward_calls} → {offer.samples}"


if __name__ == "__main__":
    text, found = re.subn(SECTION, lambda _: method_table(), README.read_text(encoding="utf-8"))
    assert found == 1, f"{README} has no section `methods`"
    README.write_text(text, encoding="utf-8")
