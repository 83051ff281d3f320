"""Phrases of a table, found in tokens by walking a trie of words: one look-up per word, no regular expression.

The form of the tables stands in ``models/README.md``.
"""

from collections.abc import Iterator
from functools import cache
from importlib import resources
from itertools import product
from typing import NamedTuple

from monitor.annotate.sentences import asks
from monitor.annotate.tokens import Tokens
from monitor.annotate.valence import negates

GAP = 3
"""Words a ``*`` may stand for at most."""
MAX_HITS = 400
"""Hits read of one text; more say nothing new."""

_LONG = {"'m": "am", "'ve": "have", "'re": "are", "'ll": "will"}
_IRREGULAR = {"can't": ("cannot", "can not"), "won't": ("will not",)}
_KEEP_MARK = frozenset(("we're", "i'll", "we'll", "he'll", "she'll", "i'd", "we'd", "she'd", "he's"))


class Phrase(NamedTuple):
    """One row of a table. ``opens``: only at the beginning of a sentence; ``asked``: only in a question."""

    cue: str
    weight: float
    opens: bool
    asked: bool
    negated: bool


class Hit(NamedTuple):
    """A phrase found at words ``[first, past)`` of a sentence."""

    phrase: Phrase
    first: int
    past: int
    sentence: int


class Node:
    """A place in the trie: the words that lead on, a gap that leads on, the phrases that end here."""

    __slots__ = ("ends", "gap", "words")

    def __init__(self) -> None:
        self.words: dict[str, Node] = {}
        self.gap: Node | None = None
        self.ends: list[Phrase] = []


@cache
def table(name: str) -> Node:
    """The trie of ``models/<name>.tsv``."""
    root = Node()
    for cue, weight, text in rows(name):
        elements = text.split(" ")
        opens, asked = elements[0] == "^", elements[-1] == "?"
        for words in spellings(elements[opens : len(elements) - asked]):
            _grow(root, words, Phrase(cue, float(weight), opens, asked, negates(words[0])))
    return root


def rows(name: str) -> Iterator[list[str]]:
    """The rows of a table, without its comments."""
    text = resources.files("monitor.annotate").joinpath(f"models/{name}.tsv").read_text(encoding="utf-8")
    return (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))


@cache
def _classes() -> dict[str, tuple[str, ...]]:
    return {name: tuple(words.split()) for name, words in rows("classes")}


def spellings(elements: list[str]) -> Iterator[list[str]]:
    """Every word sequence a phrase stands for; contractions also in full and without their apostrophe.

    >>> list(spellings(["i", "don't", "(really)", "know"]))[:2]
    [['i', "don't", 'know'], ['i', "don't", 'really', 'know']]
    """
    for parts in product(*(_forms(element) for element in elements)):
        yield [word for part in parts for word in part.split()]


def _forms(element: str) -> list[str]:
    optional = element.startswith("(") and element.endswith(")")
    words: list[str] = []
    for word in element.strip("()").split("/"):
        words += _classes()[word[1:]] if word.startswith("@") else [word]
    forms = [form for word in words for form in _contractions(word.replace("_", " "))]
    return ["", *forms] if optional else forms


def _contractions(word: str) -> list[str]:
    if "'" not in word:
        return [word]
    forms = [word]
    if word not in _KEEP_MARK:
        forms.append(word.replace("'", ""))
    stem, mark, ending = word.partition("'")
    if word in _IRREGULAR:
        forms += _IRREGULAR[word]
    elif word.endswith("n't"):
        forms.append(f"{word[:-3]} not")
    elif mark + ending in _LONG:
        forms.append(f"{stem} {_LONG[mark + ending]}")
    elif word in ("it's", "that's", "what's", "there's", "where's", "this's"):
        forms.append(f"{stem} is")
    return forms


def _grow(root: Node, words: list[str], phrase: Phrase) -> None:
    node = root
    for word in words:
        if word == "*":
            node.gap = node.gap or Node()
            node = node.gap
        else:
            node = node.words.setdefault(word, Node())
    if phrase not in node.ends:
        node.ends.append(phrase)


def find(root: Node, tokens: Tokens) -> list[Hit]:
    """All phrases in the text, sentence by sentence; at most MAX_HITS."""
    hits: list[Hit] = []
    words, starts = tokens.words, root.words
    for sentence, (begin, end) in enumerate(tokens.sentences):
        for first in range(begin, end):
            node = starts.get(words[first])
            if node is not None:
                for phrase, past in _walk(node, words, first + 1, end):
                    if (not phrase.opens or first == begin) and (not phrase.asked or asks(tokens, sentence)):
                        hits.append(Hit(phrase, first, past, sentence))
        if len(hits) >= MAX_HITS:
            return hits[:MAX_HITS]
    return hits


def _walk(node: Node, words: tuple[str, ...], at: int, end: int) -> Iterator[tuple[Phrase, int]]:
    stack = [(node, at)]
    while stack:
        node, at = stack.pop()
        for phrase in node.ends:
            yield phrase, at
        if at >= end:
            continue
        follower = node.words.get(words[at])
        if follower is not None:
            stack.append((follower, at + 1))
        if node.gap is not None:
            after = node.gap.words
            stack += [(after[words[to]], to + 1) for to in range(at, min(end, at + GAP + 1)) if words[to] in after]
