"""Output to terminals and files that do not know every character."""

import codecs
import io
import sys

_PLAIN = {
    "↑": "^", "↓": "v", "∞": "inf", "†": "+", "±": "+-", "—": "-", "·": "-", "≤": "<=", "…": "...",
}  # fmt: skip
"""What tables and sentences use; anything else, such as a letter of a prompt, becomes a question mark."""


def tolerate_any_encoding() -> None:
    """Let standard output and error write what their encoding lacks in plain characters instead of failing."""
    codecs.register_error("dno-bench", _plainly)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a test may have put something else in its place
            stream.reconfigure(errors="dno-bench")


def _plainly(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(_PLAIN.get(letter, "?") for letter in lacking), error.end
