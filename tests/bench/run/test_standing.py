"""Who leads while a run goes on."""

from bench.run.standing import Standing
from tests.support.cells import make_cell


def test_methods_are_compared_on_what_all_of_them_have_come_to():
    cells = [make_cell(name, prompt=prompt) for prompt in ("cat", "dog") for name in ("base", "best-of-n", "dno")]
    standing = Standing(cells)
    for cell, reward in zip(cells, (1.0, 3.0, 2.0, 100.0), strict=False):  # base alone has come to the dog
        standing.end(cell, reward)
    assert standing.lines() == ["mean at 60 evaluations: best-of-n 3.000, then dno 2.000 (1 prompt)"]


def test_a_task_is_a_reward_at_a_budget_of_a_model():
    tasks = [{"reward": "mean"}, {"reward": "spread"}, {"budget": "2s"}, {"model": "other"}]
    cells = [make_cell(name, **task) for task in tasks for name in ("base", "dno")]
    standing = Standing(cells)
    for cell in cells:
        standing.end(cell, 1.0)
    assert [line.split(":")[0] for line in standing.lines()] == [
        "gaussian, mean at 60 evaluations",
        "gaussian, spread at 60 evaluations",
        "gaussian, mean at 2 s",
        "other, mean at 60 evaluations",
    ]


def test_nobody_leads_alone():
    cells = [make_cell("base"), make_cell("dno")]
    standing = Standing(cells)
    standing.end(cells[0], 1.0)
    assert standing.lines() == []


def test_a_method_without_a_score_is_not_ranked_and_holds_up_nobody():
    cells = [make_cell(name, prompt=prompt) for prompt in ("cat", "dog") for name in ("base", "best-of-n", "dno")]
    standing = Standing(cells)
    said = [standing.end(cell, reward) for cell, reward in zip(cells, (1.0, 3.0, 9.0, 1.0, 3.0, None), strict=True)]
    assert said[2] == "mean at 60 evaluations: dno 9.000, then best-of-n 3.000 (1 prompt)"
    assert said[5] == "mean at 60 evaluations: best-of-n 3.000, then base 1.000 (2 prompts)"
    assert not any(said[:2] + said[3:5])
