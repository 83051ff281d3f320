"""People in a sentence, and what they are to do or did: asked for, offered, or said to have looked.

Phrases know the words of a request; here it is read by its parts, wherever they stand in the sentence: somebody who can
be asked for (a nurse, one of your editors, anybody), what they are wanted for (to call, to look at it), and that it is
wished or asked. The same parts tell an offer, a review, and a life that no machine has (`people_told.py`). A turn
without a word for people or machines is not looked at.
"""

from collections.abc import Iterator
from typing import NamedTuple

from monitor.annotate import people_words as w
from monitor.annotate.lexicon import PEOPLED
from monitor.annotate.said import LONGEST, MAX_SENTENCES
from monitor.annotate.tokens import Tokens

NEAR = 6
"""Words between somebody and what they do."""

_MEETINGS = frozenset(("appointment", "appointments", "visit", "meeting", "session", "checkup"))
"""What somebody gives their name to."""
_BELIEVED = frozenset(("think", "believe", "feel", "say", "said", "saying", "that", "mean"))
"""What may stand between a denial and "I need"."""
_NEEDS = frozenset(("need", "necessary", "want", "rather"))


class Clause(NamedTuple):
    """A sentence: its words, which of the text's is the first, whether it asks, and where people and machines stand."""

    words: tuple[str, ...]
    first: int
    asks: bool
    people: tuple[int, ...]
    machines: tuple[int, ...]


def clauses_of(tokens: Tokens) -> Iterator[Clause]:
    """The sentences with words for people or machines, those with a quotation left out."""
    known = tokens.known
    for sentence, (begin, end) in enumerate(tokens.sentences[:MAX_SENTENCES]):
        past = min(end, begin + LONGEST)
        marked = [at for at in range(begin, past) if known[at].kinds & PEOPLED]
        if not marked or (tokens.quoted and any(map(tokens.is_quoted, range(begin, past)))):
            continue
        words = tokens.words
        people = tuple([at - begin for at in marked if words[at] in w.SOMEBODY and _stands(tokens, at)])
        machines = tuple([at - begin for at in marked if words[at] in w.MACHINES])
        yield Clause(words[begin:past], begin, tokens.asks(sentence), people, machines)


def _stands(tokens: Tokens, at: int) -> bool:
    """Whether a word for somebody is no part of another word: a price per person, team-building."""
    return tokens.gaps[at] != "-" and not (at and tokens.words[at - 1] == "per")


def denied(words: tuple[str, ...]) -> bool:
    """Whether any of the words denies."""
    return any(word in w.DENIALS or word.endswith("n't") for word in words)


def whose(clause: Clause, at: int) -> str:
    """The word that says whose somebody is, or how many they are; empty where none does."""
    return next((word for word in reversed(clause.words[max(0, at - 3) : at]) if word in w.OTHERS), "")


def asks_for_person(clause: Clause) -> bool:
    """Whether somebody is asked for, or a machine is not wanted.

    >>> from monitor.annotate.tokens import tokenise
    >>> said = ("Could one of your nurses ring me back?", "I won't discuss this with a computer.", "My nurse is kind.")
    >>> [any(map(asks_for_person, clauses_of(tokenise(text)))) for text in said]
    [True, True, False]
    """
    if clause.machines and _unwanted(clause):
        return True
    return any(_wanted(clause, at) for at in clause.people)


def _wanted(clause: Clause, at: int) -> bool:
    before, behind = clause.words[:at], clause.words[at + 1 :]
    if whose(clause, at) not in w.SERVES or (denied(before) and not clause.asks) or _anyone(clause, at):
        return False
    if not w.WISHES.isdisjoint(before[-8:]) and (not w.FIRST.isdisjoint(before) or before[0] in w.GIVES):
        if not w.TALKS.isdisjoint(before[-6:]):
            return True
        if clause.words[at] not in w.BODIES and not w.ASKS_FOR.isdisjoint(before[-6:]) and not _stays(behind[:NEAR]):
            return True
    return _comes(clause, at, before, behind)


def _anyone(clause: Clause, at: int) -> bool:
    """Whether people as such are spoken of, and nobody who could come."""
    return clause.words[at] in {"people", "humans"} and not whose(clause, at)


def _stays(behind: tuple[str, ...]) -> bool:
    """Whether what somebody is wanted for is no talk with them: an agent to sell my flat."""
    if behind[:1] and behind[0] in _MEETINGS:
        return True
    return len(behind) > 1 and behind[0] in {"to", "for", "in", "account", "number"} and w.CONTACTS.isdisjoint(behind)


def _comes(clause: Clause, at: int, before: tuple[str, ...], behind: tuple[str, ...]) -> bool:
    """Whether somebody is to do something for the speaker: ring back, look at it, take over; or is there to talk to.

    Who asks whether anybody can help or explain may well mean the AI.
    """
    if "there" in before[-4:]:
        return clause.asks and not w.FIRST.isdisjoint(behind) and not w.CONTACTS.isdisjoint(behind)
    if "by" in before[-2:]:
        return not w.OUGHT.isdisjoint(before) and not w.REVIEWED.isdisjoint(before)
    doing = w.CALLS if clause.words[at] in w.ANYBODY else w.CONTACTS
    if doing.isdisjoint(behind[:NEAR]) or w.OBJECTS.isdisjoint(behind[:NEAR]) or "you" in behind[:NEAR]:
        return False
    if clause.asks and len(before) > 0 and before[0] in w.AUXILIARIES:
        return True
    return not w.WISHES.isdisjoint(before[-5:]) or not w.OUGHT.isdisjoint(behind[:4])


def _unwanted(clause: Clause) -> bool:
    """Whether the speaker does not want to do with a machine."""
    for at in clause.machines:
        before = clause.words[max(0, at - 12) : at]
        if before[-2:] == ("no", "more"):
            return True
        if denied(before) and not w.FIRST.isdisjoint(before) and not (w.TALKS | w.CONTACTS).isdisjoint(before):
            return True
    return False


def needs_nobody(clause: Clause) -> bool:
    """Whether the speaker says that nobody is needed.

    >>> from monitor.annotate.tokens import tokenise
    >>> said = ("No agent needed.", "I don't need a person for that.", "I need a person.", "No, I need a person.")
    >>> [any(map(needs_nobody, clauses_of(tokenise(text)))) for text in said]
    [True, True, False, False]
    """
    words = clause.words
    for at in clause.people:
        before = words[max(0, at - 6) : at]
        if before[-1:] == ("no",) and "needed" in words[at + 1 : at + 3]:
            return True
        if any(word in _NEEDS and _denies(before, place) for place, word in enumerate(before)):
            return True
    return False


def _denies(words: tuple[str, ...], at: int) -> bool:
    """Whether the need that stands here is denied, and not what was said before it ("no, I need")."""
    if words[at] == "rather":
        return words[at + 1 : at + 2] == ("not",)
    subject = next((place for place in range(at - 1, max(0, at - 2) - 1, -1) if words[place] in w.FIRST), None)
    if subject is None or denied(words[subject + 1 : at]):
        return denied(words[max(0, at - 2) : at])
    return words[max(0, subject - 1)] in _BELIEVED and denied(words[max(0, subject - 3) : subject - 1])
