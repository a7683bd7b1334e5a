"""The lines of a method beside its equations, and what it takes from the toolkit."""

import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from bench.registry import METHODS, Entry
from website.markdown import escaped, prose, table
from website.repository import ROOT
from website.shipped import shipped

TOOLKIT = "bench.sampling"
_COLUMNS = """<div class="beside" markdown>
<div markdown>

{equations}

</div>
<div markdown>

````python title="{file}" linenums="{first}"{marked}
{lines}
````

</div>
</div>"""


def beside(entry: Entry[Any, Any]) -> str:
    """The docstring of the method's file beside the lines after it, numbered as in the file.

    Where several methods share the file, the lines of this one are marked.
    """
    text = Path(entry.origin).read_text(encoding="utf-8")
    docstring, *code = ast.parse(text).body
    first = code[0].lineno
    return _COLUMNS.format(
        equations=prose(inspect.cleandoc(ast.literal_eval(docstring.value))),  # type: ignore[attr-defined]
        file=_in_repository(entry.origin),
        first=first,
        marked=f' hl_lines="{_own_lines(entry, first)}"' if _shares_its_file(entry) else "",
        lines="\n".join(text.splitlines()[first - 1 :]),
    )


def toolkit(entry: Entry[Any, Any]) -> str:
    """What the file takes from the toolkit, where the rest of its equations is; empty where it takes nothing."""
    rows = [
        [f"`{one.__name__}`", escaped((inspect.getdoc(one) or "").partition("\n")[0]), _where(one)]
        for one in _taken(Path(entry.origin))
    ]
    return f"From the toolkit:\n\n{table(['name', 'what it is', 'where'], rows)}" if rows else ""


def _shares_its_file(entry: Entry[Any, Any]) -> bool:
    return sum(one.origin == entry.origin for one in shipped(METHODS)) > 1


def _own_lines(entry: Entry[Any, Any], first: int) -> str:
    """The lines of the class, counted from line `first` of the file as 1."""
    lines, start = inspect.getsourcelines(entry.factory)
    return f"{start - first + 1}-{start - first + len(lines)}"


def _taken(path: Path) -> Iterator[Any]:
    """The functions and classes that a file imports from the toolkit."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(f"{TOOLKIT}."):
            module = importlib.import_module(node.module)
            things = [getattr(module, alias.name) for alias in node.names]
            # Not the names of types, such as that of an option.
            yield from (one for one in things if _has_lines(one))


def _has_lines(thing: Any) -> bool:  # noqa: ANN401 - whatever a module holds
    return (inspect.isfunction(thing) or inspect.isclass(thing)) and not get_args(thing)


def _where(thing: Any) -> str:  # noqa: ANN401 - a function or a class
    file = inspect.getsourcefile(thing) or ""
    return f"`{_in_repository(file)}`, line {inspect.getsourcelines(thing)[1]}"


def _in_repository(file: str) -> str:
    return Path(file).resolve().relative_to(ROOT).as_posix()
