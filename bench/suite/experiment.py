"""One experiment of a suite: the product of models, prompts, rewards, methods and seeds."""

from collections.abc import Mapping
from itertools import product
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from bench.errors import InputError
from bench.suite.budget import Budget
from bench.suite.cell import Cell
from bench.suite.compatibility import scorable
from bench.suite.named import EachOnce, Metrics, NamedOptions
from bench.suite.prompts import resolve


def _prompt(text: str) -> str:
    if not text.strip():
        raise ValueError("a prompt is empty; write a prompt or the name of a set")
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("a prompt holds half of a surrogate pair, which is no character")
    return text


def _budget(text: str) -> str:
    try:
        Budget.parse(text)
    except InputError as error:
        raise ValueError(str(error)) from None
    return text


Prompt = Annotated[str, AfterValidator(_prompt)]
Seed = Annotated[int, Field(strict=True, ge=0, lt=2**63)]
Fraction = Annotated[float, Field(gt=0, le=1)]


class Experiment(BaseModel):
    """A full product of what it lists.

    Attributes:
        models: names to options, such as `steps`.
        prompts: prompts and names of prompt sets. In a file also paths of files of prompts, which are read at once.
        rewards: names to options; `black_box: true` cuts the gradient; `use` names the reward behind another label.
            In a file, `reward: {brightness: 0.5, contrast: 2}` stands for one weighted sum.
        methods: labels to hyperparameters; `use` names the method behind another label.
        seeds: seeds of the shared noise, each below 2^63.
        budget: what each cell may spend: `10s`, `500nfe`, `100rewards`.
        checkpoints: fractions of the budget at which results are measured; the full budget always is.
        metrics: names to options of what is measured of a result, off the clock; `use` names the metric behind a label.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    models: NamedOptions = {"emoji": {}}
    prompts: Annotated[list[Prompt], Field(min_length=1), EachOnce]
    rewards: NamedOptions
    methods: NamedOptions
    seeds: Annotated[list[Seed], Field(min_length=1), EachOnce]
    budget: Annotated[str, AfterValidator(_budget)]
    checkpoints: list[Fraction] = [0.25, 0.5, 1.0]
    metrics: Metrics = {}

    def cells(self, rewards: Mapping[str, dict[str, Any]]) -> list[Cell]:
        """All cells, those of one prompt and seed side by side; `rewards` are all of the suite's."""
        budget = Budget.parse(self.budget)
        fractions, held_out = self._fractions(budget), self._held_out(rewards)
        return [
            Cell(
                model=model,
                model_options=self.models[model],
                prompt=prompt,
                reward=reward,
                reward_options=self.rewards[reward],
                method=method,
                method_options=self.methods[method],
                seed=seed,
                budget=budget,
                checkpoints=fractions,
                metrics=self.metrics,
                held_out=held_out[model, reward],
            )
            for model, reward, prompt, seed, method in product(
                self.models, self.rewards, resolve(self.prompts), self.seeds, self.methods
            )
        ]

    def _held_out(self, rewards: Mapping[str, dict[str, Any]]) -> dict[tuple[str, str], dict[str, Mapping[str, Any]]]:
        """Of each model and reward, those of `rewards` that score what it makes beside that reward."""
        judges = {model: scorable(rewards, model, options) for model, options in self.models.items()}
        return {
            (model, reward): {name: options for name, options in judges[model].items() if name != reward}
            for model, reward in product(self.models, self.rewards)
        }

    def _fractions(self, budget: Budget) -> tuple[float, ...]:
        """The checkpoints, ascending, and 1; of those that allow the same count the largest."""
        return tuple({budget.at(one): one for one in sorted({*self.checkpoints, 1.0})}.values())
