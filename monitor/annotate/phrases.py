"""The phrase tables as automata over words: one look-up per word, no regular expression (``hits.py`` follows them).

A table is read as a small non-deterministic automaton (alternatives, missing words, gaps); the states that texts
reach are made deterministic once and kept. The form of the tables stands in ``models/README.md``.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources
from typing import NamedTuple

GAP = 3
"""Words a ``*`` may stand for at most."""

_LONG = {"m": "am", "ve": "have", "re": "are", "ll": "will", "s": "is"}
_IRREGULAR = {"can't": ("cannot", "can not"), "won't": ("will not",)}
_KEEP_MARK = frozenset(("we're", "i'll", "we'll", "he'll", "she'll", "i'd", "we'd", "she'd", "he's"))
"""Contractions that without their apostrophe are other words."""


class Phrase(NamedTuple):
    """One row of a table.

    ``opens``: only at the beginning of a sentence; ``closes``: only at its end; ``asked``: only in a question.
    """

    cue: str
    weight: float
    opens: bool
    asked: bool
    closes: bool


class Node:
    """A place between two words of phrases: what each word, any word or no word leads to, and what ends here."""

    __slots__ = ("any", "branches", "ends", "free", "words")

    def __init__(self) -> None:
        self.words: dict[str, list[Node]] = {}
        self.any: list[Node] = []
        self.free: list[Node] = []
        self.branches: dict[str, Node] = {}
        self.ends: list[Phrase] = []


class State:
    """All the places a reader can be at after some words.

    ``ends`` are the phrases that end here; ``words`` lead on, each to what ``moves`` has for it; any other word leads
    to ``otherwise``, mostly to None: no phrase goes on.
    """

    __slots__ = ("ends", "moves", "otherwise", "words")

    def __init__(self, nodes: frozenset[Node], known: "dict[frozenset[Node], State]") -> None:
        ends = [phrase for node in nodes for phrase in node.ends]
        self.ends = tuple(sorted(ends, key=lambda phrase: (-phrase.weight, phrase)))  # sets have no order to rely on
        self.words: dict[str, set[Node]] = {}
        for node in nodes:
            for word, after in node.words.items():
                self.words.setdefault(word, set()).update(after)
        wherever = {after for node in nodes for after in node.any}
        self.moves = Moves(self.words, wherever, known)
        self.otherwise = _state(wherever, known)

    def after(self, word: str) -> "State | None":
        """The state the word leads to, or None where no phrase goes on."""
        return self.moves[word] if word in self.words else self.otherwise


class Moves(dict[str, State | None]):
    """Where the words of a state lead to, each worked out when first asked for."""

    def __init__(self, words: dict[str, set[Node]], wherever: set[Node], known: dict[frozenset[Node], State]) -> None:
        super().__init__()
        self._words, self._wherever, self._known = words, wherever, known

    def __missing__(self, word: str) -> State | None:
        self[word] = _state(self._words[word] | self._wherever, self._known)
        return self[word]


def _state(nodes: set[Node], known: dict[frozenset[Node], State]) -> State | None:
    """The state of these places and those reached without a word; each is made once."""
    if not nodes:
        return None
    closed = _closure(nodes)
    if closed not in known:
        known[closed] = State(closed, known)
    return known[closed]


def _closure(nodes: Iterable[Node]) -> frozenset[Node]:
    stack = list(nodes)
    reached = set(stack)
    while stack:
        for node in stack.pop().free:
            if node not in reached:
                reached.add(node)
                stack.append(node)
    return frozenset(reached)


@cache
def table(name: str) -> State:
    """Where reading ``models/<name>.tsv`` begins."""
    root = Node()
    for cue, weight, text in rows(name):
        elements = text.split(" ")
        opens, last = elements[0] == "^", elements[-1]
        node = root
        for element in elements[opens : len(elements) - (last in ("?", "$"))]:
            if element not in node.branches:
                node.branches[element] = _branch(node, element)
            node = node.branches[element]
        node.ends.append(Phrase(cue, float(weight), opens, last == "?", last == "$"))
    return State(_closure([root]), {})


def _branch(node: Node, element: str) -> Node:
    target = Node()
    if element == "*":
        node.free.append(target)
        for _ in range(GAP):
            step = Node()
            step.free.append(target)
            node.any.append(step)
            node = step
        return target
    if element.startswith("("):
        node.free.append(target)
    for form in forms(element):
        *leading, last = form.split()
        at = node
        for word in leading:
            step = Node()
            at.words.setdefault(word, []).append(step)
            at = step
        at.words.setdefault(last, []).append(target)
    return target


def rows(name: str) -> Iterator[list[str]]:
    """The rows of a table, without its comments."""
    text = resources.files("monitor.annotate").joinpath(f"models/{name}.tsv").read_text(encoding="utf-8")
    return (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))


@cache
def _classes() -> dict[str, tuple[str, ...]]:
    return {name: tuple(words.split()) for name, words in rows("classes")}


def forms(element: str) -> list[str]:
    """Every spelling an element of a phrase stands for; contractions also in full and without their apostrophe.

    >>> forms("don't/never")
    ["don't", 'dont', 'do not', 'never']
    """
    words: list[str] = []
    for word in element.strip("()").split("/"):
        words += _classes()[word[1:]] if word.startswith("@") else [word]
    return [form for word in words for form in _contractions(word.replace("_", " "))]


def _contractions(word: str) -> list[str]:
    if "'" not in word:
        return [word]
    found = [word]
    if word not in _KEEP_MARK:
        found.append(word.replace("'", ""))
    stem, _, ending = word.partition("'")
    if word in _IRREGULAR:
        found += _IRREGULAR[word]
    elif word.endswith("n't"):
        found.append(f"{word[:-3]} not")
    elif ending in _LONG and not stem.endswith(("wit", "driver")):
        found.append(f"{stem} {_LONG[ending]}")
    return found
