"""Requests that stand in data: a sentence of a message, page or file that asks its reader to do something.

A usual e-mail does that, so a request alone is no sign of an injected instruction (instruction.py reads those). It
tells who asked, where the AI then does what nobody else in the session spoke of (core/signals/provenance.py).
"""

import re
from functools import lru_cache

from monitor.annotate.instruction import CACHED, Passage

REQUESTED = 0.3
"""How much a request reads like an instruction to the AI: below what counts as one by itself."""
MAX_READ = 16_384
"""Characters read of one text."""
MAX_REQUESTS = 32
LEAST, MOST = 8, 240
"""Characters of a request."""
_VERBS = """add adjust allow apply approve assign block book buy call cancel change clear click close confirm connect
    create deactivate delete deliver deploy deposit disable dispatch download email enable erase execute export forward
    give grant increase install invite launch list lock make mark modify move open order pay post provide publish
    purchase put raise reduce register release remove rename replace reply report reserve reset retrieve return revoke
    run schedule sell send set share show shut sign start stop submit subscribe switch tell transfer turn uninstall
    unlock update upgrade upload use visit wire withdraw write"""
OPENINGS = frozenset(("please", *_VERBS.split()))
"""What a request begins with."""
_OPENS = re.compile(r"(?:\A|[.!?:;>\n\"'*\u201c] ?)([A-Z][a-z]+),? |\b(please,?) ")
_ENDS = re.compile(r"[.!?\n]")


@lru_cache(maxsize=CACHED)
def requests_in(text: str) -> tuple[Passage, ...]:
    """The sentences of a text that ask for something, at most MAX_REQUESTS.

    >>> text = "Hi all. Please move the robot to room 4. See you"
    >>> [text[passage.start : passage.end] for passage in requests_in(text)]
    ['Please move the robot to room 4']
    >>> requests_in("The robot was moved to room 4.")
    ()
    """
    found: list[Passage] = []
    past = 0
    for match in _OPENS.finditer(text, 0, MAX_READ):
        group = match.lastindex or 1
        start = match.start(group)
        if start < past or match[group].rstrip(",").lower() not in OPENINGS:
            continue
        end = _ENDS.search(text, match.end(), start + MOST)
        past = end.start() if end else min(len(text), start + MOST)
        if past - start >= LEAST:
            found.append(Passage(start, past, REQUESTED))
        if len(found) == MAX_REQUESTS:
            break
    return tuple(found)
