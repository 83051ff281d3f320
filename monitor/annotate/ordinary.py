"""Words of an answer that are neither ordinary English nor in its sources: as a rule a name that came from elsewhere.

``training/words.py`` makes the list, ``models/words.tsv`` holds it.
"""

from functools import lru_cache
from importlib.resources import files

from monitor.annotate.lexicon import CAPITAL
from monitor.annotate.tokens import Tokens
from monitor.core.table import Table

MIN_LETTERS = 3
STEM = 3
"""Letters that a slip of the pen leaves as they are: *tuedai* is no other word than *tuesdai*."""
SLIP = 2
"""Letters by which a misspelt word is longer or shorter."""
MAX_STRANGE = 8


@lru_cache(maxsize=1)
def ordinary_words() -> frozenset[str]:
    """Folded words that ordinary talk has."""
    text = (files("monitor.annotate") / "models" / "words.tsv").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


def strange(tokens: Tokens, table: Table) -> tuple[str, ...]:
    """The words of a turn that are neither ordinary nor in a record of its sources, folded, at most MAX_STRANGE.

    Where the speaker uses capitals at all, only words with one inside a sentence count.

    >>> from monitor.annotate.tokens import tokenise
    >>> from monitor.core.table import table_of
    >>> table = table_of([{"who": frozenset(("ann",))}, {"who": frozenset(("tuesdai",))}])
    >>> strange(tokenise("ann arrives on tueday with brunhild"), table)
    ('brunhild',)
    >>> strange(tokenise("Ann arrives by velocipede, with Brunhild."), table)
    ('brunhild',)
    """
    cased = tokens.text != tokens.text.lower()
    ordinary = ordinary_words()
    found: dict[str, None] = {}
    for first, past in tokens.sentences:
        for index in range(first, past):
            word = tokens.known[index]
            if cased and (index == first or not word.kinds & CAPITAL):
                continue
            term = word.term
            if len(term) >= MIN_LETTERS and term.isalpha() and term not in ordinary and term not in table.words:
                found[term] = None
    return tuple([term for term in found if not _is_slip(term, table.words)][:MAX_STRANGE])


def _is_slip(term: str, known: frozenset[str]) -> bool:
    return any(word[:STEM] == term[:STEM] and abs(len(word) - len(term)) <= SLIP for word in known)
