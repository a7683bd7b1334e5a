import numpy as np

from bench.analysis.seeds import seed_scores


def test_every_cell_is_there_once_at_the_largest_budget(make_scores):
    # Prompts x seeds x budgets.
    base = [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]
    dno = [[[10, 20], [30, 40]], [[50, 60], [70, np.nan]]]
    found = seed_scores(make_scores({"base": base, "dno": dno}, budgets=(5.0, 10.0)))
    cells = found.set_index(["method", "prompt", "seed"])["score"].to_dict()
    of_base = {("base", "p0", 0): 2, ("base", "p0", 1): 4, ("base", "p1", 0): 6, ("base", "p1", 1): 8}
    # What failed has the score of base on the same prompt and seed.
    of_dno = {("dno", "p0", 0): 20, ("dno", "p0", 1): 40, ("dno", "p1", 0): 60, ("dno", "p1", 1): 8}
    assert cells == of_base | of_dno
    assert set(found["budget"]) == {10}
    assert found.loc[found["status"] == "failed", ["method", "prompt", "seed"]].values.tolist() == [["dno", "p1", 1]]
