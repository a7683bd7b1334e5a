import torch

from bench.sampling.lbfgs import CurvatureMemory

D, SIZE = 6, 3


def moves(count):
    """Moves and the changes of the gradient of a quadratic along them."""
    generator = torch.Generator().manual_seed(0)
    root = torch.randn(D, D, generator=generator, dtype=torch.float64)
    hessian = root @ root.mT + torch.eye(D)
    drawn = torch.randn(count, D, generator=generator, dtype=torch.float64)
    return [(move, hessian @ move) for move in drawn]


def dense(pairs):
    """The inverse Hessian by BFGS itself (Nocedal & Wright 2006, 6.17 and 7.20), from the oldest pair on."""
    move, change = pairs[-1]
    found = (move @ change) / (change @ change) * torch.eye(D, dtype=torch.float64)
    for move, change in pairs:
        rho = 1 / (move @ change)
        turned = torch.eye(D, dtype=torch.float64) - rho * torch.outer(move, change)
        found = turned @ found @ turned.mT + rho * torch.outer(move, move)
    return found


def test_the_recursion_is_bfgs_of_the_moves_that_are_remembered():
    memory, pairs = CurvatureMemory(SIZE), moves(5)
    gradient = torch.arange(1.0, D + 1, dtype=torch.float64)
    torch.testing.assert_close(memory.newton(gradient), gradient)
    for count, pair in enumerate(pairs, 1):
        memory.learn(*pair)
        expected = dense(pairs[max(0, count - SIZE) : count]) @ gradient
        torch.testing.assert_close(memory.newton(gradient), expected)
    assert len(memory) == SIZE


def test_the_last_change_of_the_gradient_leads_to_the_last_move():
    """The secant equation, in the shape of a latent."""
    memory = CurvatureMemory(SIZE)
    for move, change in moves(4):
        move, change = move.view(1, 2, 3), change.view(1, 2, 3)
        memory.learn(move, change)
        torch.testing.assert_close(memory.newton(change), move)


def test_what_does_not_curve_upwards_is_not_remembered():
    memory, (move, change) = CurvatureMemory(SIZE), moves(1)[0]
    memory.learn(move, -change)
    memory.learn(move, torch.zeros(D, dtype=torch.float64))
    memory.learn(move.float(), 1e-30 * change.float())
    assert len(memory) == 0


def test_numbers_as_small_as_fp16_has_them_are_remembered():
    memory, (move, change) = CurvatureMemory(SIZE), moves(1)[0]
    memory.learn(move.float(), 2**-24 * change.float())
    found = memory.newton(2**-24 * change.float())
    torch.testing.assert_close(found, move.float())
