"""The values said in a turn: between spaces every stretch of text is read once, and what it says is remembered."""

import re
from typing import NamedTuple

from monitor.annotate.memo import Memo
from monitor.annotate.tokens import HEAD, TAIL
from monitor.annotate.values import EVERYTHING, MIN_WORD, quoted_in, value_digest, values_in
from monitor.core.ids import digest64

MAX_MENTIONS = 256
MOST_STRETCHES = 16_384
"""Stretches remembered, about 400 bytes each."""
_UNQUOTED = EVERYTHING - {"quoted"}
_CAPITAL = re.compile("[A-Z]")
_BEGINS = re.compile("[A-Z0-9]")
_LINKS = frozenset(("of", "de", "du", "la", "le", "&"))
_CLOSING = ".,;:!?)"


class Stretch(NamedTuple):
    """Text between two spaces, or a run of it that may be one name.

    ``digests``: of the values in it; ``opens``: a name that begins in it may go on behind the next space; ``goes_on``:
    a name that began before may go on in it.
    """

    digests: tuple[int, ...]
    opens: bool
    goes_on: bool


def mentions(text: str) -> tuple[int, ...]:
    """Digests of the values said in a text, each once, in order, at most MAX_MENTIONS.

    >>> from monitor.annotate.mentions import mentions
    >>> set(mentions("Send 1250 dollars to Ada")) >= set(mentions("$1,250.00"))
    True
    """
    if len(text) > HEAD + TAIL:
        return _bounded([value_digest(value) for value, _ in values_in(text, EVERYTHING)])
    found: list[int | None] = []
    run: list[str] = []
    for piece in text.split(" "):
        stretch = _STRETCHES[piece]
        if run and stretch.goes_on:
            run.append(piece)
            continue
        if run:
            found += _STRETCHES[" ".join(run)].digests
        if stretch.opens:
            run = [piece]
        else:
            run = []
            found += stretch.digests
    if run:
        found += _STRETCHES[" ".join(run)].digests
    found += [value_digest(value) for value, _ in quoted_in(text, (0, len(text)))]
    return _bounded(found)


def _bounded(digests: list[int | None]) -> tuple[int, ...]:
    found = dict.fromkeys(digests)
    return tuple([digest for digest in found if digest is not None][:MAX_MENTIONS])


def _read(text: str) -> Stretch:
    word = text.rstrip(_CLOSING)
    if word.isalpha() and word.isascii() and word.islower():  # most are: no more to look for, and in its one form
        return Stretch((digest64(word),) if len(word) >= MIN_WORD else (), False, word in _LINKS)
    digests = [value_digest(value) for value, _ in values_in(text, _UNQUOTED)]
    return Stretch(_bounded(digests), bool(_CAPITAL.search(text)), bool(_BEGINS.match(text)) or text in _LINKS)


_STRETCHES = Memo(_read, most=MOST_STRETCHES)
