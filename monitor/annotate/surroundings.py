"""What the words around a phrase leave of it: negated, quoted, told of a story, asked, or depending on something."""

from monitor.annotate.agreement import taken_back
from monitor.annotate.hits import Hit
from monitor.annotate.lexicon import NEGATES
from monitor.annotate.meaning import guides
from monitor.annotate.tokens import Tokens

NEGATION_REACH = 3
"""Words between a negation and what it takes back; the small ones of "want to be" do not count."""
QUOTED = 0.35
"""What a cue inside quotation marks, or told of a story, is worth."""
NEVER_NEGATED = frozenset(("question", "hedging", "urgency", "refusal", "denial"))
"""Cues that a word like "not" before them leaves as they are."""
_STORY_WORDS = """film movie show song book novel game episode character lyrics joke series musical opera
    podcast poem chapter scene plot sequel trailer documentary comedy hero heroine villain narrator singer actor actress
    chorus verse"""
_STORY = frozenset(_STORY_WORDS.split())
_IN_JEST = frozenset(("lol", "haha", "lmao", "laughing", "laughed", "embarrassment", "embarrassed"))
_MYSELF = frozenset(("i", "i'm", "im", "i've", "i'd", "i'll"))
_MINE = frozenset(("my", "myself"))
_CAUSED = frozenset(("made", "makes", "make", "making"))
_BETWEEN_WORDS = "just really so honestly still only also now actually simply do truly feel am have would to"
_BETWEEN = frozenset(_BETWEEN_WORDS.split())
"""Words that may stand between ``I`` and what I say of myself."""
_TOLD = frozenset(("distress", "human_request"))
_CONSENT = frozenset(("approval", "disapproval"))
_OPEN = frozenset(
    ("if", "once", "when", "until", "unless", "whether", "after", "before", "should", "could", "would", "can't", "who")
)
"""Words that leave open whether a consent further on in the sentence is given."""
_DECIDED = frozenset(("denial", "final_decision", "concession", "consequence"))
LESSENED = _DECIDED | {"recommendation"}
"""Cues whose phrases the words around them may lessen: then no model says more."""
_DEPENDS = frozenset(("if", "unless", "whether", "until"))
"""Words that make what the clause decides depend on something."""
STATED_RULE = 0.4
"""What is left of a decision that depends on something, for a rule is told and nobody is denied anything; and of a
recommendation of a next step."""
_CLAUSE_ENDS = frozenset(",;:()-\u2013\u2014")
_SMALL = frozenset(("to", "be", "been", "being"))
_NO_CAUSE = frozenset(("need", "reason", "intention", "wish"))
_WANTS = frozenset(("i", "we", "you", "it", "this", "that", "can", "please", "want", "need"))


def weight_of(tokens: Tokens, hit: Hit) -> float:
    """The weight of the phrase here: little in a quotation or a story."""
    phrase = hit.phrase
    if tokens.quoted and tokens.is_quoted(hit.first):
        return phrase.weight * QUOTED
    if (phrase.cue in _CONSENT and _left_open(tokens, hit)) or (phrase.cue == "agreement" and taken_back(tokens, hit)):
        return 0.0
    if phrase.cue in _TOLD and _told(tokens, hit):
        return phrase.weight * QUOTED
    lessened = (phrase.cue in _DECIDED and _depends(tokens, hit)) or (
        phrase.cue == "recommendation" and guides(tokens, hit)
    )
    return phrase.weight * (STATED_RULE if lessened else 1.0)


def is_negated(tokens: Tokens, hit: Hit) -> bool:
    """Whether a word before the phrase, in the same clause, takes it back. A phrase that negates itself is meant so."""
    if not tokens.kinds & NEGATES or hit.phrase.cue in NEVER_NEGATED or tokens.known[hit.first].kinds & NEGATES:
        return False
    begin = tokens.sentences[hit.sentence][0]
    reach = NEGATION_REACH
    for at in range(hit.first - 1, begin - 1, -1):
        word, gap = tokens.words[at], tokens.gaps[at]
        if reach == 0 or (gap != " " and not _CLAUSE_ENDS.isdisjoint(gap)):
            return False
        if word == "no":
            following = tokens.words[at + 1]
            return following in _NO_CAUSE or (at == hit.first - 1 and following not in _WANTS)
        if tokens.known[at].kinds & NEGATES:
            return True
        reach -= word not in _SMALL
    return False


def _told(tokens: Tokens, hit: Hit) -> bool:
    """Whether it is said in jest, or of a story and not plainly of oneself: ``the film made me want to die``."""
    begin, end = tokens.sentences[hit.sentence]
    said = tokens.words[begin:end]
    if not _IN_JEST.isdisjoint(said) or tokens.words[hit.past - 1 : hit.past + 1] == ("die", "of"):
        return True
    return not _STORY.isdisjoint(said) and not _of_oneself(tokens, hit)


def _of_oneself(tokens: Tokens, hit: Hit) -> bool:
    """Whether the phrase has ``I`` as its subject, or is about me and nothing else made me say it."""
    said = tokens.words[hit.first : hit.past]
    before = tokens.words[tokens.sentences[hit.sentence][0] : hit.first]
    if said[0] in _MYSELF or (not _MINE.isdisjoint(said) and _CAUSED.isdisjoint(before)):
        return True
    subject = next((word for word in reversed(before) if word not in _BETWEEN), "")
    return subject in _MYSELF


def _depends(tokens: Tokens, hit: Hit) -> bool:
    """Whether the decision holds only if something does: said anywhere before it, or after it in the same clause."""
    begin, end = tokens.sentences[hit.sentence]
    if not _DEPENDS.isdisjoint(tokens.words[begin : hit.first]):
        return True
    for at in range(hit.past, end):
        if not _CLAUSE_ENDS.isdisjoint(tokens.gaps[at - 1]):
            return False
        if tokens.words[at] in _DEPENDS:
            return True
    return False


def _left_open(tokens: Tokens, hit: Hit) -> bool:
    """Whether the sentence asks for a consent or makes it depend on something."""
    begin = tokens.sentences[hit.sentence][0]
    return tokens.asks(hit.sentence) or not _OPEN.isdisjoint(tokens.words[begin : hit.first])
