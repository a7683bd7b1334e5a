"""The README's table of methods, from what they declare and spend: `python -m bench.testing.method_table` writes it."""

import re
from pathlib import Path
from typing import Any

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


def offer_cost(method: Entry[Any, Any]) -> str:
    """What the third offer takes at the defaults: `predictions + backward ones, rewards → samples` on 10 steps.

    The first one of a method may be another: where something is measured first, or nothing differentiated yet.
    """
    meter, counts, samples = Meter(), [], 0
    problem = toy_problem(model=GaussianModel(steps=STEPS), meter=meter)
    for offered in filter(None, pulled(method.create({}).run(problem), 3)):
        counts.append(meter.counts())
        samples = len(offered.samples)
    before, after = counts[-2:]
    spent = {name: after[name] - before[name] for name in after}
    backward = f" + {spent['backward_evals']}" if spent["backward_evals"] else ""
    return f"{spent['denoiser_evals']}{backward}, {spent['reward_calls']} → {samples}"


if __name__ == "__main__":
    text, found = re.subn(SECTION, lambda _: method_table(), README.read_text(encoding="utf-8"))
    assert found == 1, f"{README} has no section `methods`"
    README.write_text(text, encoding="utf-8")
