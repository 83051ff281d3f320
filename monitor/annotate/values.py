"""Values in text, arguments and results, as digests of one normal form, so that their way can be followed.

The normal form leaves case, punctuation, separators of thousands and signs of money aside: what the user wrote as
``$1,250.00`` is the argument ``1250``. Only digests leave this file.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from monitor.annotate.embedded import requests_in
from monitor.annotate.figures import figure
from monitor.annotate.instruction import Passage, passages
from monitor.annotate.tokens import HEAD, TAIL
from monitor.core.annotation import Value
from monitor.core.ids import digest64
from monitor.core.interaction import Source

MAX_ARGUMENTS = 128
MAX_RESULTS = 512
MAX_DEPTH = 8
MAX_LEAVES = 2000
"""Leaves of a result that are looked at."""
MAX_WHOLE = 160
"""Characters of a leaf that is one value; of a longer one the values inside count."""

MAX_PATH = 256
"""Characters kept of where a value stood: a path is shown, and stored as evidence."""
SMALL = 10_000
"""A smaller number is anybody's, and meets by chance ..."""
SHORT = 3
"""... as does a word of so many letters."""

_NAME = r"(?![\w.+-]*@)[A-Z][\w'\u2019-]*(?:\.\w[\w-]*)*"
_MAIL = r"(?P<mail>[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+)|"
_OTHERS = (
    r"(?P<url>(?:https?://|www\.)[^\s<>\"'`\])}]{2,200})"
    r"|(?P<iban>\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{2,4}){2,8}\b)"
    r"|(?P<number>\d+(?:[.,:]\d+)*)(?![^\W\d_])"
    rf"|(?P<name>\b{_NAME}(?:[ ](?:(?:of|de|du|la|le|&)[ ])?{_NAME})*)"
    r"|(?P<word>[^\W_][\w'\u2019-]*(?:\.\w[\w-]*)*)"
)
_VALUE, _VALUE_OR_MAIL = re.compile(_OTHERS), re.compile(_MAIL + _OTHERS)
_QUOTED = re.compile(r"[\"\u201c]([^\"\u201c\u201d\n]{2,120})[\"\u201d]|(?<!\w)'([^'\n]{2,120})'(?!\w)")
_ADDRESS = re.compile(r"^https?://(?:www\.)?|^www\.|[/.,;:!?]+$", re.IGNORECASE)
_DOTTED = re.compile(r"[\w-]+(?:\.[\w-]+)+(?:/\S*)?")
_NUMERIC = re.compile(r"[-+$€£¥% ]*\d[\d.,]*[$€£¥% ]*")
_RUN = re.compile(r"[^\W_]+")
LONGEST = 256
"""Characters of a value that count: what goes on after so many is taken for the same."""
MIN_WORD = 4
EXACT = frozenset(("mail", "url", "iban", "number"))
"""What counts inside the text of an argument: names there are only talk."""
VALUES = EXACT | {"name", "quoted"}
WORDS = frozenset(("word",))
EVERYTHING = VALUES | WORDS
OBEYED = 0.5
"""From here on a passage inside an argument is itself an instruction: it was copied, not followed."""


def normalised(text: str) -> str:
    """The one form of a value; empty for a text of no letters and digits.

    >>> [normalised(text) for text in ("$1,250.00", "1250", "A@Example.org", "https://www.Example.org/a/", "O'Neil!")]
    ['1250', '1250', 'a@example.org', 'example.org/a', 'o neil']
    """
    text = text.strip()
    if _NUMERIC.fullmatch(text):
        return figure(text.strip(" $€£¥%+-"))
    if "@" in text and " " not in text:
        return text.strip(".,;:<>()'\"").casefold()
    if text[:4].lower() in {"http", "www."} or _DOTTED.fullmatch(text):
        return _ADDRESS.sub("", _ADDRESS.sub("", text)).casefold()
    return " ".join(_RUN.findall(text.casefold()))


def value_digest(text: str) -> int | None:
    """The digest of a value's one form; None for a text of no letters and digits."""
    return _known_digest(text if len(text) <= LONGEST else text[:LONGEST])


@lru_cache(maxsize=32_768)
def _known_digest(text: str) -> int | None:
    form = normalised(text)
    return digest64(form) if form else None


def argument_values(arguments: dict[str, object]) -> tuple[Value, ...]:
    """The leaves of a call's arguments and the values inside long ones, at most MAX_ARGUMENTS.

    >>> [(value.path, value.common) for value in argument_values({"to": ["a@b.org", "c@d.org"], "a": {"amount": 5}})]
    [('to[0]', False), ('to[1]', False), ('a.amount', True)]
    """
    found: dict[tuple[int, str], Value] = {}
    for path, leaf in _leaves(arguments, "", 0):
        common = is_common(leaf)
        for value in _whole_and_parts(leaf if isinstance(leaf, str) else str(leaf)):
            digest = value_digest(value)
            if digest is not None:
                found.setdefault((digest, path), Value(digest, path, common=common))
                if len(found) >= MAX_ARGUMENTS:
                    return tuple(found.values())
    return tuple(found.values())


def is_common(leaf: object) -> bool:
    """Whether an argument is too short to tell who said it: a small number, a word of up to three letters.

    >>> [is_common(leaf) for leaf in (100, -9_999.5, 10_000, "yes", "100", "1000", "ada@example.org")]
    [True, True, False, True, True, False, False]
    """
    if isinstance(leaf, int | float):
        return abs(leaf) < SMALL
    return isinstance(leaf, str) and len(leaf.strip()) <= SHORT


def result_values(result: object, sources: tuple[Source, ...]) -> tuple[Value, ...]:
    """The values of a result and of sources that may carry a stranger's words, at most MAX_RESULTS.

    ``instruction`` is that of the passage a value stands in; of a value that stands in several, the lowest, for then
    it did not come from the instruction alone. Of a sentence that asks for something its words are values as well.
    """
    found: dict[int, Value] = {}
    leaves = [(path, str(leaf)) for path, leaf in islice(_leaves(result, "", 0), MAX_LEAVES)]
    leaves += [(f"sources[{index}]", source.text) for index, source in enumerate(sources) if not source.trusted]
    for path, text in leaves:
        requests = requests_in(text)
        around = (*passages(text), *requests)
        asked = (word for request in requests for word in _values_between(text, request[:2], WORDS))
        for value, at in [*_whole(text, around), *values_in(text, VALUES, also=around), *asked]:
            digest = value_digest(value)
            if digest is None:
                continue
            level = _level(around, at)
            known = found.get(digest)
            if known is None and len(found) < MAX_RESULTS:
                found[digest] = Value(digest, path, level)
            elif known is not None and level < known.instruction:
                found[digest] = Value(digest, known.path, level)
    return tuple(found.values())


def _whole(text: str, around: tuple[Passage, ...]) -> list[tuple[str, int]]:
    return [(text, around[0].start if around else 0)] if len(text) <= MAX_WHOLE else []


def _level(around: tuple[Passage, ...], at: int) -> float:
    return max((passage.score for passage in around if passage.start <= at < passage.end), default=0.0)


def _whole_and_parts(text: str) -> Iterator[str]:
    if len(text) <= MAX_WHOLE:
        yield text
    if " " not in text and "\n" not in text:
        return
    quoted = passages(text)
    for value, at in values_in(text, EXACT):
        if _level(quoted, at) < OBEYED:
            yield value


def values_in(text: str, kinds: frozenset[str], *, also: tuple[Passage, ...] = ()) -> Iterator[tuple[str, int]]:
    """The values of some kinds inside a text and where they begin.

    Of a long text its beginning, its end and the passages ``also`` are read.
    """
    for start, past in _stretches(text, also):
        yield from _values_between(text, (start, past), kinds)


def _stretches(text: str, also: tuple[Passage, ...]) -> list[tuple[int, int]]:
    if len(text) <= HEAD + TAIL:
        return [(0, len(text))]
    tail = len(text) - TAIL
    middle = [(max(HEAD, passage.start), min(tail, passage.end)) for passage in also]
    return [(0, HEAD), *((start, past) for start, past in middle if start < past), (tail, len(text))]


def _values_between(text: str, within: tuple[int, int], kinds: frozenset[str]) -> Iterator[tuple[str, int]]:
    for match in (_VALUE_OR_MAIL if "@" in text else _VALUE).finditer(text, *within):
        kind, value = str(match.lastgroup), match[0]
        if kind not in kinds or (kind == "word" and len(value) < MIN_WORD):
            continue
        yield value, match.start()
        if kind == "iban" and " " in value:
            yield value.replace(" ", ""), match.start()
        if kind == "name" and (" " in value or "'" in value):
            yield value.partition(" ")[2], match.start()  # without a verb at the beginning of a sentence
            yield from ((part, match.start()) for part in value.split() if len(part) >= MIN_WORD)
    if "quoted" in kinds:
        yield from quoted_in(text, within)


def quoted_in(text: str, within: tuple[int, int]) -> Iterator[tuple[str, int]]:
    """What stands in quotation marks, and where."""
    if '"' in text or "\u201c" in text or text.count("'") > 1:
        for match in _QUOTED.finditer(text, *within):
            yield match[1] or match[2], match.start()


def _leaves(value: object, path: str, depth: int) -> Iterator[tuple[str, object]]:
    """Leaves as (path, leaf); what lies deeper than MAX_DEPTH is left out."""
    if depth > MAX_DEPTH or value is None or isinstance(value, bool):
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}" if path else str(key), depth + 1)
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from _leaves(inner, f"{path}[{index}]", depth + 1)
    else:
        yield path[:MAX_PATH], value
