"""Generators that return something at their end."""


def ended(steps):
    """What a generator returns, whatever it yields before."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value
