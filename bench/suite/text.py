"""A suite as the text that a run folder keeps."""

import yaml

from bench.errors import InputError
from bench.suite.suite import Suite
from bench.suite.yaml_lines import validated
from bench.suite.yaml_text import read_yaml, write_yaml
from bench.suite.yaml_tree import YamlProblem


def to_yaml(suite: Suite) -> str:
    """The suite as YAML, in ASCII, from which `from_yaml` makes an equal one.

    Raises:
        InputError: it would not read back equal.
    """
    why = ""
    try:
        text = write_yaml(suite.model_dump())
        if from_yaml(text) == suite:
            return text
    except (yaml.YAMLError, InputError) as error:
        why = f" ({' '.join(str(error).split())})"
    raise InputError(
        f"suite {suite.name!r} would not read back from YAML as it is{why}; options are texts, numbers, true, false, "
        "null, lists and mappings of texts to them"
    )


def from_yaml(text: str) -> Suite:
    """The suite that `to_yaml` wrote; unlike in a user's file, nothing in it is a path to be read or a grid.

    Raises:
        InputError: it is none.
    """
    try:
        return validated(read_yaml(text).value, Suite, "suite")
    except YamlProblem as problem:
        raise InputError(f"suite: {problem}") from None
