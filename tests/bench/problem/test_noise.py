"""Noise drawn ahead of time is the noise that would have been drawn."""

import pytest
import torch

from bench.problem.noise import NoiseAhead, known

SHAPE = (3, 2)


@pytest.fixture
def drawn():
    return []


@pytest.fixture
def ahead(drawn):
    def noise_at(index, shape):
        drawn.append((index, shape))
        return torch.randn(shape, generator=torch.Generator().manual_seed(index))

    return NoiseAhead(noise_at, SHAPE)


def test_what_was_drawn_ahead_need_not_be_drawn_again(ahead, drawn):
    ahead.draw_ahead(2)
    assert drawn == [(0, SHAPE), (1, SHAPE)]
    taken = ahead.take(0, 2, SHAPE)
    assert len(drawn) == 2
    expected = [torch.randn(SHAPE, generator=torch.Generator().manual_seed(index)) for index in (0, 1)]
    torch.testing.assert_close(taken, torch.stack(expected), rtol=0, atol=0)


def test_as_many_are_drawn_ahead_as_were_taken_the_last_time(ahead, drawn):
    ahead.take(0, 3, SHAPE)
    ahead.draw_ahead()
    assert [index for index, _ in drawn[3:]] == [3, 4, 5]
    ahead.draw_ahead()
    assert len(drawn) == 6


def test_another_shape_is_drawn_when_it_is_asked_for(ahead, drawn):
    ahead.draw_ahead(1)
    longer = (5, 2)
    assert ahead.take(0, 1, longer).shape == (1, *longer)
    assert drawn[-1] == (0, longer)


def test_what_is_taken_may_be_written_to(ahead):
    ahead.draw_ahead(1)
    ahead.take(0, 1, SHAPE).zero_()
    assert ahead.take(0, 1, SHAPE).abs().sum() > 0


def test_a_metric_of_noise_that_nobody_knows_says_so():
    with pytest.raises(ValueError, match="no noise"):
        known(None)
