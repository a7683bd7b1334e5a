"""Captions of scenes: how they are written, and which scenes one allows."""

from random import Random
from typing import NamedTuple

from bench.models.emoji.scenes import NATURAL, Scenes
from bench.models.emoji.vocabulary import COLORS, NOUNS


class Allowed(NamedTuple):
    """What a caption asks for.

    Attributes:
        noun: what is shown.
        tint: its colour word, or None: then it has its natural colours.
        background: the background's colour word, or None: then any is right.
    """

    noun: str
    tint: str | None
    background: str | None


def captions(scenes: Scenes, random: Random) -> list[str]:
    """A caption for each scene, such as `cat`, `a white duck`, `red crab on a blue background`.

    A tint is always named; an article comes first in 3 of 10 captions, the background is named in half of them.
    """
    return [
        caption(
            Allowed(NOUNS[noun], None if tint == NATURAL else COLORS[tint], COLORS[background]),
            article=random.random() < 0.3,
            background=random.random() < 0.5,
        )
        for noun, tint, background in zip(
            scenes.noun.tolist(), scenes.tint.tolist(), scenes.background.tolist(), strict=True
        )
    ]


def caption(shown: Allowed, article: bool, background: bool) -> str:
    """The caption of what is shown, with or without an article and the background."""
    words = f"{shown.tint} {shown.noun}" if shown.tint else shown.noun
    text = _with_article(words) if article else words
    return f"{text} on {_with_article(f'{shown.background} background')}" if background else text


def parse(text: str) -> Allowed:
    """What a caption allows.

    Raises:
        ValueError: it is not a caption of a scene; says which words would be.
    """
    subject, on, ground = text.lower().partition(" on ")
    words = _without_article(subject)
    background = _without_article(ground)
    tint = words.pop(0) if len(words) == 2 else None
    if len(words) != 1 or words[0] not in NOUNS or not {tint} <= {None, *COLORS}:
        raise ValueError(f"caption {text!r}: expected [a] [COLOUR] NOUN [on a COLOUR background], with a NOUN of "
                         f"{', '.join(NOUNS)} and a COLOUR of {', '.join(COLORS)}")  # fmt: skip
    if on and (len(background) != 2 or background[1] != "background" or background[0] not in COLORS):
        raise ValueError(f"caption {text!r}: expected 'on a COLOUR background', COLOUR of {', '.join(COLORS)}")
    return Allowed(words[0], tint, background[0] if on else None)


def _with_article(words: str) -> str:
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def _without_article(text: str) -> list[str]:
    words = text.split()
    return words[1:] if words[:1] in (["a"], ["an"]) else words
