"""From names on the command line to what has to be on this machine for them."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.errors import InputError, unknown_name
from bench.registry import REGISTRIES, import_file
from bench.suite.needs import default_sources, suite_sources
from bench.suite.prompts import prompt_set, prompt_sets
from bench.suite.suite import load_suite, shipped_suites
from bench.weights.sizes import size_text
from bench.weights.source import Source, is_here


def sources_for(names: Sequence[str]) -> list[Source]:
    """What plug-ins (with their default options), suites and prompt sets need, each once.

    Args:
        names: `path.py@name` works for a plug-in, a YAML file for a suite; after a first `prompts`, prompt sets only.

    Raises:
        InputError: a name is not known, or no set is named after `prompts`.
    """
    if names[0] == "prompts":
        if len(names) == 1:
            raise InputError(f"which prompts? name sets: {', '.join(prompt_sets())}")
        return _once(source for name in names[1:] for source in prompt_set(name).sources())
    return _once(source for name in names for source in _sources(name))


def download_lines(sources: Sequence[Source]) -> Iterator[str]:
    """What is not on this machine yet and how much that is, where it is known, a line each."""
    for source in sources:
        size = size_text(source)
        if size and not _is_whole(source):
            yield f"{source.name}  {size} to download"


def _is_whole(source: Source) -> bool:
    try:
        return is_here(source)
    except InputError:  # something else lies there
        return False


def _once(sources: Iterator[Source]) -> list[Source]:
    return list(dict.fromkeys(sources))


def _sources(name: str) -> list[Source]:
    """What everything of that name needs, be it of one kind or several."""
    path, at, plain = name.rpartition("@")
    if at:
        import_file(Path(path))
    known = {*prompt_sets(), *shipped_suites()}.union(*(registry.names() for registry in REGISTRIES.values()))
    if plain not in known and not name.endswith((".yaml", ".yml")):
        raise unknown_name("method, model, reward, metric, suite or prompt set", plain, known)
    needed = prompt_set(name).sources() if name in prompt_sets() else []
    if name in shipped_suites() or name.endswith((".yaml", ".yml")):
        needed += suite_sources(load_suite(name))
    for registry in REGISTRIES.values():
        if plain in registry.names():
            needed += default_sources(registry.get(plain))
    return needed
