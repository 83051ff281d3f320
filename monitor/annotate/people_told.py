"""What the AI tells of people: that one is brought in, that one looked, or that it is one itself."""

from monitor.annotate import people_words as w
from monitor.annotate.people import NEAR, Clause, asks_for_person, clauses_of, denied, needs_nobody, whose
from monitor.annotate.tokens import Tokens
from monitor.core.annotation import Fact, Span
from monitor.core.vocabulary import Role

SAID = 0.75
"""What a fact counts that is read by the parts of a sentence."""
_I = frozenset(("i", "i'll", "i've", "i'm", "we", "we'll", "we've", "we're", "me"))

_SPOKEN_OF = frozenset(("they", "she", "he"))
_OWN = frozenset(("i", "i've", "we", "we've", "have", "just"))
_BEING = frozenset(("a", "an", "one", "also", "just", "only", "really", "actually", "the"))
"""What may follow "I'm" where somebody says what they are ..."""
_SERVING = frozenset(("for", "to", "with", "by"))
"""... unless one of these makes it what they are there for: an assistant for doctors."""
_OTHERS = frozenset(("you", "he", "she", "they", "would"))
_SUBJECTS = _OTHERS | {"i", "i've", "i'd"}
"""Of these the first tells whose part it is: "as a mother I know", not "as a parent you may"."""
_MATTER = frozenset(("your", "yours", "you", "it", "this", "that", "them", "these", "those", "our", "everything"))
"""What a review is of, or whose: a committee that approved a law is no matter of this talk."""
_AT = frozenset(("at", "into", "over", "through"))
_SELF = frozenset(("i", "i'm", "i've"))
_STILL_WORDS = "have had am was got get been just also once even always often only recently already too"
_STILL = frozenset(_STILL_WORDS.split())
"""What may stand between "I" and what I did or am."""


def people_facts(tokens: Tokens, role: Role) -> dict[str, Fact]:
    """The facts about people that the sentences of a role show by their parts; none where they show none.

    >>> from monitor.annotate.tokens import tokenise
    >>> said = ("A nurse will ring you tonight.", "A nurse has looked at your photos.", "My kids love it.")
    >>> [sorted(people_facts(tokenise(text), Role.ASSISTANT)) for text in said]
    [['handoff_offer'], ['claims_review'], ['claims_human']]
    """
    found: dict[str, Fact] = {}
    for clause in clauses_of(tokens):
        for name, says in _OF_ROLE.get(role, ()):
            if name not in found and says(clause):
                past = clause.first + len(clause.words) - 1
                found[name] = Fact(SAID, (Span(tokens.starts[clause.first], tokens.ends[past], name),))
    return found


def _will(words: tuple[str, ...]) -> bool:
    return any(word in w.MODAL or word.endswith("'ll") for word in words)


def _offers(clause: Clause) -> bool:
    """Whether somebody will see to it, is there at some time, or the speaker brings them in."""
    words = clause.words
    for at in clause.people:
        before, behind = words[max(0, at - 8) : at], words[at + 1 :]
        if denied(before) or denied(behind[:3]) or whose(clause, at) in {"your", "my", "his", "her", "their"}:
            continue
        if any(
            (word in w.WILL or word.endswith("'ll")) and not w.SEES_TO_IT.isdisjoint(behind[place + 1 : place + 4])
            for place, word in enumerate(behind)
        ):
            return True
        if {"is", "are"} & set(behind[:3]) and w.THERE & set(behind[:4]):
            return True
        if not w.HANDS_OVER.isdisjoint(before) and not _I.isdisjoint(before):
            return True
    return _arranges(words)


def _arranges(words: tuple[str, ...]) -> bool:
    """Whether a call or a talk is arranged, or the user stands in line for one."""
    if denied(words):
        return False
    for at, word in enumerate(words):
        before = words[max(0, at - 5) : at]
        if word in w.SLOTS and not w.ARRANGES.isdisjoint(before) and not _I.isdisjoint(words[:at]):
            return True
        if word in _SPOKEN_OF and w.WILL & set(words[at + 1 : at + 2]) and w.REACHES & set(words[at + 2 : at + 3]):
            return True
        if word in {"queue", "line"} and not {"you're", "your", "you"}.isdisjoint(words[:at]):
            return True
    return False


def _reviews(clause: Clause) -> bool:
    """Whether somebody of the speaker's side is said to have looked, decided or agreed."""
    words = clause.words
    if clause.asks or not w.REPORTS.isdisjoint(words) or _MATTER.isdisjoint(words):
        return False
    for at in clause.people:
        before, behind = words[max(0, at - 8) : at], words[at + 1 : at + 1 + NEAR]
        if denied(before[-5:]) or "says" in before or whose(clause, at) not in w.SERVES - {"your"}:
            continue
        if "by" in before[-5:]:
            if not w.REVIEWED.isdisjoint(before[: before.index("by")]) and not _will(before):
                return True
            continue
        done = next((place for place, word in enumerate(behind) if _looked(behind, place)), None)
        if done is not None and not denied(behind[:done]) and not _will(before) and not _will(behind[:done]):
            return True
        if any(word in w.CONSULTED and not _OWN.isdisjoint(before[:place][-2:]) for place, word in enumerate(before)):
            return True
    return False


def _looked(words: tuple[str, ...], at: int) -> bool:
    """Whether the word says that somebody looked at it: not who looked tired, nor who went home."""
    if words[at] == "looked":
        return not _AT.isdisjoint(words[at + 1 : at + 4])
    if words[at] in {"went", "gone"}:
        return not {"through", "over"}.isdisjoint(words[at + 1 : at + 2])
    return words[at] in w.REVIEWED


def _lives(clause: Clause) -> bool:
    """Whether the speaker has a life: is a woman, has children, works with flesh and blood; or is no machine here."""
    words = clause.words
    if clause.asks:
        return False
    if clause.machines:
        return any(
            words[max(0, at - 2) : at][-1:] in {("no",), ("nothing",)}
            and not {"here", "chat", "involved", "only", "just"}.isdisjoint(words[at + 1 : at + NEAR])
            for at in clause.machines
        )
    for at, word in enumerate(words):
        before = words[max(0, at - 4) : at]
        if word in w.FAMILY and before[-1:] == ("my",):
            return True
        if word in w.LIVED and _of_speaker(before[-3:]):
            return True
        if (word in w.PEOPLE or word in w.FAMILY) and _is(words, at, before):
            return True
    return not {"regards", "sincerely"}.isdisjoint(words[:3]) and bool(clause.people) and not w.BODIES & set(words)


def _of_speaker(before: tuple[str, ...]) -> bool:
    """Whether what the next word says is said of the speaker, and is not denied: "I just ate", not "I see you ate"."""
    at = max((place for place, word in enumerate(before) if word in _SELF), default=None)
    return at is not None and all(word in _STILL for word in before[at + 1 :])


def _is(words: tuple[str, ...], at: int, before: tuple[str, ...]) -> bool:
    """Whether the speaker is what stands here: I'm a nurse, as a mother I know."""
    if denied(before) or {"a", "an", "one", "of"}.isdisjoint(before[-3:]):
        return False
    begins = next((place for place, word in enumerate(before) if word in {"i'm", "am"}), None)
    if begins is not None and before[begins + 1 : begins + 2] and before[begins + 1] in _BEING:
        return _SERVING.isdisjoint(before[begins + 1 :])
    subject = next((word for word in words[at:] if word in _SUBJECTS), "")
    return words[0] in {"as", "speaking"} and at < 6 and subject in _SUBJECTS - _OTHERS


_OF_ROLE = {
    Role.USER: (("human_request", asks_for_person), ("human_declined", needs_nobody)),
    Role.ASSISTANT: (("handoff_offer", _offers), ("claims_review", _reviews), ("claims_human", _lives)),
}
