"""The null baselines spend their budget on what they say."""

from itertools import islice

import pytest
import torch

from bench.errors import InputError
from bench.registry import METHODS
from bench.suite.compatibility import check_cell
from bench.testing.gaussian import GaussianModel, toy_problem
from tests.support.cells import make_emoji_cell


def test_more_steps_doubles_them_from_the_same_start():
    yields = list(METHODS.get("more-steps").create({}).run(toy_problem()))
    assert [one.noise.shape[1] - 1 for one in yields] == [5, 10, 20, 40, 80, 160, 320]
    for one in yields:
        finer = toy_problem(model=GaussianModel(steps=one.noise.shape[1] - 1))
        torch.testing.assert_close(finer.generate(one.noise), one.samples)
        torch.testing.assert_close(one.noise[:, 0], yields[0].noise[:, 0])


def test_more_steps_ends_where_the_model_does():
    yields = list(METHODS.get("more-steps").create({}).run(toy_problem(model=GaussianModel(most_steps=50))))
    assert [one.noise.shape[1] - 1 for one in yields] == [5, 10, 20, 40]


class Guided(GaussianModel):
    """Shows the guidance scale in every pixel."""

    def decode(self, latent):
        return torch.full_like(latent, self.guidance)


def test_cfg_sweep_tries_every_scale_on_the_same_noise():
    yields = list(islice(METHODS.get("cfg-sweep").create({"scales": [2, 3]}).run(toy_problem(model=Guided())), 6))
    assert [one.samples[0, 0, 0, 0].item() for one in yields] == [1, 2, 3, 1, 2, 3]
    assert torch.equal(yields[0].noise, yields[2].noise)
    assert not torch.equal(yields[0].noise, yields[3].noise)


def test_base_ends_after_the_samples_that_it_is_asked_for():
    base = METHODS.get("base")
    two, endless = (base.create(options).run(toy_problem()) for options in ({"samples": 2}, {}))
    assert [one.samples.sum() for one in two] == [one.samples.sum() for one in islice(endless, 2)]
    assert next(endless, None) is not None


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("base", {"samples": 0}, "samples must be at least 1"),
        ("more-steps", {"factor": 1}, "factor must be at least 2"),
        ("cfg-sweep", {"scales": []}, "scales must be numbers of at least 1"),
    ],
)
def test_bad_options_are_refused(name, options, message):
    with pytest.raises(InputError, match=message):
        check_cell(make_emoji_cell(name, options))
