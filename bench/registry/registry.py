"""One kind of plug-in: names to entries, and the files that enter them."""

import importlib
import importlib.util
import pkgutil
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields
from functools import cache
from hashlib import sha256
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from bench.errors import InputError, Interrupted, one_line, unknown_name
from bench.registry.entry import Entry, F, P, file_of
from bench.registry.imports import collector_paused, explained
from bench.registry.options import validated

C = TypeVar("C", bound=type)


class Registry(Generic[F, P]):
    """One kind of plug-in.

    Args:
        kind: what an entry is called in messages, such as "method".
        package: the package whose modules register the built-in entries.
        needs: what every registered class must have.

    Attributes:
        broken: names of entry points that could not be imported, and why.
    """

    all: ClassVar[list["Registry[Any, Any]"]] = []

    def __init__(self, kind: str, package: str, needs: tuple[str, ...] = ()) -> None:
        self.kind = kind
        self.broken: dict[str, str] = {}
        self._package, self._needs = package, needs
        self._entries: dict[str, Entry[F, P]] = {}
        self._discovered = False
        self._points: list[EntryPoint] = []
        self.all.append(self)

    def register(self, name: str, facts: F, digest: str = "") -> Callable[[C], C]:
        """A class decorator that enters a dataclass under `name`.

        Args:
            name: what suites call it.
            facts: what its author declares of it.
            digest: of what it is made of, where that is no file; by default the sha256 of the file that defines it.

        Raises:
            InputError: it is no dataclass, lacks a method, a fact has the wrong type, or the name is taken.
        """

        def enter(cls: C) -> C:
            try:
                self._enter(name, facts, cls, digest)
            except InputError as error:
                raise InputError(f"{self.kind} {name!r}: {error}") from error
            return cls

        return enter

    def names(self) -> list[str]:
        """All registered names, sorted.

        Raises:
            InputError: a file of the package cannot be imported.
        """
        self._discover()
        self._load_points()
        return sorted(self._entries)

    def get(self, name: str) -> Entry[F, P]:
        """The entry called `name`; `path.py@name` imports that file first.

        Raises:
            InputError: no such name or file, the file cannot be imported, or does not register the name.
        """
        self._discover()
        path, at, plain = name.rpartition("@")
        if at:
            return self._registered_by(Path(path), plain)
        self._load_points(until=plain)
        if plain in self._entries:
            return self._entries[plain]
        if plain in self.broken:
            raise InputError(f"{self.kind} {plain!r} could not be imported: {self.broken[plain]}")
        raise unknown_name(self.kind, plain, self._entries)

    def forget(self, module: str) -> None:
        """Drop what a module has registered."""
        self._entries = {name: one for name, one in self._entries.items() if one.factory.__module__ != module}

    def of_file(self, path: Path) -> dict[str, Entry[F, P]]:
        """The entries that a file registers, by name, in its order; it is imported first.

        Raises:
            InputError: no such file, or it cannot be imported.
        """
        self._discover()
        import_file(path)
        file = path.resolve()
        return {name: one for name, one in self._entries.items() if _resolved(one.origin) == file}

    def _registered_by(self, path: Path, name: str) -> Entry[F, P]:
        """The entry of a file, never one of that name from elsewhere."""
        own = self.of_file(path)
        if name not in own:
            raise unknown_name(f"{self.kind} of {path}:", name, own)
        return own[name]

    def _enter(self, name: str, facts: F, cls: type, digest: str) -> None:
        _require_plugin(cls, self._needs)
        file, known = file_of(cls), self._entries.get(name)
        if known is not None and _collide(known.factory, cls):
            raise InputError(
                f"defined twice: class {cls.__qualname__}, and {known.factory.__qualname__} in {known.origin}"
            )
        digest = digest or (sha256(Path(file).read_bytes()).hexdigest() if file else "")
        checked = validated(type(facts), asdict(facts))  # type: ignore[call-overload]
        self._entries[name] = Entry(name, self.kind, cls, checked, digest)

    def _discover(self) -> None:
        if self._discovered:
            return
        with collector_paused():
            self._import_package()
        self._points = list(entry_points(group=f"dno_bench.{self.kind}s"))
        # Not before: what failed is tried again, and fails again, instead of lacking names.
        self._discovered = True

    def _import_package(self) -> None:
        package = importlib.import_module(self._package)
        for module in pkgutil.iter_modules(package.__path__, f"{self._package}."):
            file = getattr(importlib.util.find_spec(module.name), "origin", None)
            with explained(file or module.name), _all_or_nothing(module.name):
                importlib.import_module(module.name)

    def _load_points(self, until: str = "") -> None:
        """Import what other packages register: all of it, or until one name is known, that of its point first."""
        for point in sorted(self._points, key=lambda one: one.name != until):
            if until in self._entries or until in self.broken:
                return
            if point in self._points:  # else what was loaded before it has asked for it
                self._points.remove(point)
                self._load(point)

    def _load(self, point: EntryPoint) -> None:
        """Import what another package registers; if it is broken the others must not suffer."""
        try:
            with collector_paused(), _all_or_nothing(point.module):
                point.load()
        except Interrupted:
            raise
        except BaseException as error:
            self.broken[point.name] = one_line(error)
            warnings.warn(f"plug-in {point.value!r} is broken: {one_line(error)}", stacklevel=2)


def import_file(path: Path) -> None:
    """Import a file that registers plug-ins, once.

    Raises:
        InputError: there is no such file, or it cannot be imported.
    """
    if not path.is_file():
        raise InputError(f"no such file: {path} (write path/to/file.py@name)")
    file = path.resolve()
    module_name = f"dno_bench_file_{sha256(str(file).encode()).hexdigest()[:12]}"
    if module_name in sys.modules:
        return
    spec = importlib.util.spec_from_file_location(module_name, file)
    if spec is None or spec.loader is None:
        raise InputError(f"not a Python file: {path}")
    with explained(str(file)), _all_or_nothing(module_name):
        module = sys.modules[module_name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)


@contextmanager
def _all_or_nothing(module: str) -> Iterator[None]:
    """Undo an import that fails: what it has registered so far is dropped, of whatever kind."""
    try:
        yield
    except BaseException:
        sys.modules.pop(module, None)
        for registry in Registry.all:
            registry.forget(module)
        raise


@cache
def _resolved(origin: str) -> Path:
    """Kept: a plug-in of a file is looked up once a cell, and its file compared with those of all others."""
    return Path(origin).resolve()


def _collide(known: type, new: type) -> bool:
    """Whether two classes of one name are two plug-ins, not one.

    A file may be imported under two module names, by `path.py@name` and by its package; typed code has no file.
    """
    file = file_of(new)
    return file != file_of(known) or (bool(file) and new.__module__ == known.__module__)


def _require_plugin(cls: object, needs: tuple[str, ...]) -> None:
    """Refuse what is no dataclass, or lacks a method."""
    if not isinstance(cls, type):
        raise InputError(
            f"{getattr(cls, '__qualname__', cls)} is no class; a plug-in is a dataclass with {_listed(needs)}"
        )
    # Its own: a subclass that is no dataclass would ignore the options that it adds or changes.
    if "__dataclass_fields__" not in vars(cls):
        raise InputError(f"class {cls.__qualname__} is no dataclass; write @dataclass(frozen=True) below the decorator")
    has = {name for base in cls.__mro__[:-1] for name in vars(base)} | {field.name for field in fields(cls)}
    lacking = [name for name in needs if name not in has]
    if lacking:
        raise InputError(f"class {cls.__qualname__} has no {_listed(lacking)}")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(repr, names))
