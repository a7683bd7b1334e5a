"""How the weights of the `emoji` model are made: `python -m bench.models.emoji.train`."""
