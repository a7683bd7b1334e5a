"""Generators that return something at their end."""


def ended(steps):
    """What a generator returns, whatever it yields before."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def population(method, problem, temperature):
    """The particles at the end of a trajectory from fresh noise."""
    return ended(method.trajectory(problem, temperature, problem.draw_noise(method.particles)))
