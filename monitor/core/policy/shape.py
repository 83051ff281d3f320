"""Shapes of plain trees: what a value may be, checked with a path, all faults at once.

A shape is asked to ``check`` a value and answers it cleaned: faulty parts are replaced by :data:`FAULTY`, so that
later checks go on beside them without reporting the same thing twice. Nothing here knows what a policy is.
"""

from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, Final, Protocol

from msgspec import Struct

from monitor.core.told import MAX_TEXT


class Fault(Struct, frozen=True):
    """One fault: where (``situations.x.rules.y.signals[0]``) and what, with what to do."""

    path: str
    message: str


class Faulty:
    """Stands where a value was reported as faulty."""

    def __repr__(self) -> str:
        return "FAULTY"


FAULTY: Final = Faulty()


class Shape(Protocol):
    """What a value may be."""

    def check(self, value: Any, path: str, faults: list[Fault]) -> Any:  # noqa: ANN401 - a tree from YAML
        """The value cleaned, or FAULTY; faults are appended."""
        ...


def nearest(name: str, known: Collection[str]) -> str:
    """A hint at what was meant, or at what there is.

    >>> nearest("confuson", ["confusion", "dispute"])
    'did you mean "confusion"?'
    >>> nearest("zzz", ["low", "high"])
    'one of high, low'
    """
    close = get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return f'did you mean "{close[0]}"?' if close else f"one of {', '.join(sorted(known))}"


def join(path: str, key: str) -> str:
    """The path of a key.

    >>> join("", "bounds"), join("bounds", "dispute")
    ('bounds', 'bounds.dispute')
    """
    return f"{path}.{key}" if path else key


def fail(faults: list[Fault], path: str, message: str) -> Faulty:
    """Report a fault and answer what stands in the value's place."""
    faults.append(Fault(path, message))
    return FAULTY


def kind(value: object) -> str:
    """A value's type in a YAML writer's words.

    >>> kind(True), kind([]), kind(None), kind(1.5)
    ('true or false', 'a list', 'nothing', 'a number')
    """
    names: tuple[tuple[type | tuple[type, ...], str], ...] = (
        (bool, "true or false"),
        ((int, float), "a number"),
        (str, "text"),
        (Mapping, "a map"),
        ((list, tuple), "a list"),
        (type(None), "nothing"),
    )
    return next((name for types, name in names if isinstance(value, types)), type(value).__name__)


class Text(Struct, frozen=True):
    """Text that is not blank, of at most so many bytes as UTF-8: it goes into events and states."""

    most: int = MAX_TEXT

    def check(self, value: Any, path: str, faults: list[Fault]) -> Any:  # noqa: ANN401, D102 - see Shape
        if not isinstance(value, str):
            return fail(faults, path, f"must be text, is {kind(value)}")
        if not value.strip():
            return fail(faults, path, "must not be blank")
        size = len(value.encode("utf-8", "replace"))
        return value if size <= self.most else fail(faults, path, f"has {size:,} bytes, at most {self.most:,}")


class Flag(Struct, frozen=True):
    """True or false."""

    def check(self, value: Any, path: str, faults: list[Fault]) -> Any:  # noqa: ANN401, D102 - see Shape
        return value if isinstance(value, bool) else fail(faults, path, f"must be true or false, is {kind(value)}")


class Number(Struct, frozen=True):
    """A finite number in [low, high]; ``whole``: without a fraction."""

    low: float
    high: float
    whole: bool = False

    def check(self, value: Any, path: str, faults: list[Fault]) -> Any:  # noqa: ANN401, D102 - see Shape
        if isinstance(value, bool) or not isinstance(value, int | float):
            return fail(faults, path, f"must be a number, is {kind(value)}")
        if self.whole and value != int(value if abs(value) < 1e18 else 0):
            return fail(faults, path, f"must be a whole number, is {value:g}")
        if not self.low <= value <= self.high:
            return fail(faults, path, f"{value:g} is outside {self.low:g} to {self.high:g}")
        return int(value) if self.whole else float(value)


class Name(Struct, frozen=True):
    """One of a closed list of names; ``what`` names the list."""

    what: str
    known: tuple[str, ...]

    def check(self, value: Any, path: str, faults: list[Fault]) -> Any:  # noqa: ANN401, D102 - see Shape
        if not isinstance(value, str):
            return fail(faults, path, f"must be a {self.what}, is {kind(value)}")
        if value not in self.known:
            return fail(faults, path, f'unknown {self.what} "{value}"; {nearest(value, self.known)}')
        return value


def choice(what: str, words: type[StrEnum]) -> Name:
    """One of an enum's words."""
    return Name(what, tuple(words))


class ListOf(Struct, frozen=True):
    """A list of one shape; ``distinct``: no item twice."""

    item: Any
    distinct: bool = True

    def check(self, value: Any, path: str, faults: list[Fault]) -> Any:  # noqa: ANN401, D102 - see Shape
        if not isinstance(value, list | tuple):
            return fail(faults, path, f"must be a list, is {kind(value)}")
        cleaned = [self.item.check(item, f"{path}[{index}]", faults) for index, item in enumerate(value)]
        for index, item in enumerate(cleaned):
            if self.distinct and item is not FAULTY and item in cleaned[:index]:
                cleaned[index] = fail(faults, f"{path}[{index}]", f'"{item}" is listed twice')
        return cleaned


class Optional(Struct, frozen=True):
    """The shape, or null."""

    shape: Any

    def check(self, value: Any, path: str, faults: list[Fault]) -> Any:  # noqa: ANN401, D102 - see Shape
        return None if value is None else self.shape.check(value, path, faults)


class MapOf(Struct, frozen=True):
    """A map from names to one shape. ``key`` finds fault with a name (None: none); null removes an inherited entry."""

    value: Any
    key: Callable[[str], str | None]
    removable: bool = True

    def check(self, value: Any, path: str, faults: list[Fault]) -> Any:  # noqa: ANN401, D102 - see Shape
        if not isinstance(value, Mapping):
            return fail(faults, path, f"must be a map, is {kind(value)}")
        cleaned: dict[str, Any] = {}
        for name, item in value.items():
            place = join(path, str(name))
            fault = self.key(name) if isinstance(name, str) else f"the name must be text, is {kind(name)}"
            if fault is not None:
                fail(faults, place, fault)
            elif item is None and self.removable:
                cleaned[name] = None
            else:
                cleaned[name] = self.value.check(item, place, faults)
        return cleaned


class Fields(Struct, frozen=True):
    """A map with fixed keys, each of its own shape. Unknown keys are faults, with the nearest name."""

    fields: dict[str, Any]

    def check(self, value: Any, path: str, faults: list[Fault]) -> Any:  # noqa: ANN401, D102 - see Shape
        if not isinstance(value, Mapping):
            return fail(faults, path, f"must be a map, is {kind(value)}")
        cleaned: dict[str, Any] = {}
        for name, item in value.items():
            shape = self.fields.get(name) if isinstance(name, str) else None
            if shape is None:
                fail(faults, join(path, str(name)), f"unknown key; {nearest(str(name), self.fields)}")
            else:
                cleaned[name] = shape.check(item, join(path, name), faults)
        return cleaned
