"""The values said in a turn: between spaces every stretch of text is read once, and what it says is remembered."""

import re

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


Stretch = tuple[tuple[int, ...], bool, bool]
"""Text between two spaces, or a run of it that may be one name: the digests of the values in it; whether a name that
begins in it may go on behind the next space; whether a name that began before may go on in it."""


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
        digests, opens, goes_on = _STRETCHES[piece]
        if run and goes_on:
            run.append(piece)
            continue
        if run:
            found += _STRETCHES[" ".join(run)][0]
            run = []
        if opens:
            run.append(piece)
        else:
            found += digests
    if run:
        found += _STRETCHES[" ".join(run)][0]
    found += [value_digest(value) for value, _ in quoted_in(text, (0, len(text)))]
    return _bounded(found)


def _bounded(digests: list[int | None]) -> tuple[int, ...]:
    found = dict.fromkeys(digests)
    return tuple([digest for digest in found if digest is not None][:MAX_MENTIONS])


def _read(text: str) -> Stretch:
    word = text.rstrip(_CLOSING)
    if word.isalpha() and word.isascii() and word.islower():  # most are: no more to look for, and in its one form
        return (digest64(word),) if len(word) >= MIN_WORD else (), False, word in _LINKS
    digests = [value_digest(value) for value, _ in values_in(text, _UNQUOTED)]
    return _bounded(digests), bool(_CAPITAL.search(text)), bool(_BEGINS.match(text)) or text in _LINKS


_STRETCHES = Memo(_read, most=MOST_STRETCHES)
