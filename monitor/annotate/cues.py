"""Cues: what a turn says in phrases, guarded against negation, quotation and talk of something else.

The phrases and their weights are a table, ``models/cues.tsv``; here stands only how hits become scores.
"""

from operator import attrgetter

from monitor.annotate.agreement import taken_back
from monitor.annotate.hits import Hit, cue_hits
from monitor.annotate.lexicon import ASKS, NEGATES
from monitor.annotate.meaning import guides, means_else
from monitor.annotate.said import MAX_SENTENCES, Said, said
from monitor.annotate.tokens import Tokens
from monitor.core.annotation import Fact, Span
from monitor.core.vocabulary import Role

GENERAL = ("question", "urgency", "hedging")
PERSON = (
    *GENERAL,
    "dissatisfaction",
    "confusion",
    "dispute",
    "accountability",
    "human_request",
    "distress",
    "judgement_request",
    "satisfaction",
)
ASSISTANT = (
    *GENERAL,
    "final_decision",
    "denial",
    "irreversible",
    "recommendation",
    "criteria_given",
    "judgement",
    "publication",
    "refusal",
    "handoff_offer",
    "promise",
    "unclear",
    "concession",
    "claims_human",
    "claims_review",
    "affirms",
    "denies",
    "discloses",
    "consequence",
    "basis",
    "recourse",
)
USER = (
    *PERSON,
    "agreement",
    "new_problem",
    "control_loss",
    "unclear",
    "vague",
    "dangling",
    "exception",
    "asks_if_human",
    "asks_if_machine",
    "asks_if_reviewed",
    "asks_again",
    "repeated",
)
STAFF = (*PERSON, "approval", "denial")
OF_ROLE = {Role.USER: USER, Role.STAFF: STAFF, Role.ASSISTANT: ASSISTANT, Role.TOOL: GENERAL}
"""The facts that text of a role has."""
STAFF_SAYS = {"disapproval": "denial"}
"""Cues that only staff can give, and the fact they count for: from anybody else "do not send it" decides nothing."""

NEGATION_REACH = 3
"""Words between a negation and what it takes back; the small ones of "want to be" do not count."""
QUOTED = 0.35
"""What a cue inside quotation marks, or told of a story, is worth."""
ASKED = 0.9
"""A sentence that ends with a question mark."""
MAX_SPANS = 5
ABSENT = Fact(0.0)
_ABSENT_OF = {role: dict.fromkeys(cues, ABSENT) for role, cues in OF_ROLE.items()}
CLIMB = 0.25
"""What further phrases add to the strongest at most: many hints are not yet a plain word."""

_DOUBTFUL = frozenset(
    (
        "accountability",
        "urgency",
        "new_problem",
        "control_loss",
        "unclear",
        "final_decision",
        "concession",
        "publication",
    )
)
"""Cues whose phrases may stand in a sentence that means something else: what does "asap" mean?"""
DOUBTED = 0.6
"""What is left of a phrase in a turn whose sentences, all their words together, speak against it."""
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
_LESSENED = _DECIDED | {"recommendation"}
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


def cues_of(tokens: Tokens, role: Role) -> dict[str, Fact]:
    """The facts of the role, each with a score in [0, 1] and where it was read; 0.0 where nothing was found.

    >>> from monitor.annotate.tokens import tokenise
    >>> facts = cues_of(tokenise("Please let me talk to a real person."), Role.USER)
    >>> facts["human_request"].score > 0.5, facts["distress"].score
    (True, 0.0)
    """
    facts = _ABSENT_OF[role].copy()
    found, negated = _heard(tokens, role)
    for cue, hits in found.items():
        facts[cue] = _fact(tokens, hits)
    short = len(tokens.sentences) <= MAX_SENTENCES  # of a long text the models have not read every sentence
    for cue, reading in said(tokens, role, found.keys() & _DOUBTFUL if short and found else ()).items():
        if not reading.score:
            facts[cue] = Fact(round(facts[cue].score * DOUBTED, 4), facts[cue].spans)
        elif reading.score > facts[cue].score and cue not in negated and not (cue in _LESSENED and cue in found):
            facts[cue] = _said(tokens, cue, reading)
    if tokens.kinds & ASKS:
        facts["question"] = _question(tokens, facts["question"])
    return facts


def _heard(tokens: Tokens, role: Role) -> tuple[dict[str, list[tuple[float, Hit]]], dict[str, int]]:
    """The phrases of each cue with their weights, and the cues that are negated, up to which word."""
    wanted = _ABSENT_OF[role]
    found: dict[str, list[tuple[float, Hit]]] = {}
    negated: dict[str, int] = {}
    for hit in cue_hits(tokens):
        cue = hit.phrase.cue
        if role is Role.STAFF:
            cue = STAFF_SAYS.get(cue, cue)
        if cue not in wanted:
            continue
        if hit.first < negated.get(cue, 0) or _negated(tokens, hit) or means_else(tokens, hit):
            negated[cue] = max(hit.past, negated.get(cue, 0))
        else:
            weight = _weight(tokens, hit)
            if weight:
                found.setdefault(cue, []).append((weight, hit))
    return found, negated


def _said(tokens: Tokens, cue: str, heard: Said) -> Fact:
    """A fact that no phrase says as plainly: the whole sentence is its evidence."""
    begin, end = tokens.sentences[heard.sentence]
    return Fact(heard.score, (Span(tokens.starts[begin], tokens.ends[end - 1], cue),))


def _weight(tokens: Tokens, hit: Hit) -> float:
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


def _negated(tokens: Tokens, hit: Hit) -> bool:
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


def _fact(tokens: Tokens, hits: list[tuple[float, Hit]]) -> Fact:
    """Noisy-or over hits that do not overlap, the strongest of overlapping ones, each phrase counted once."""
    if len(hits) > 1:
        hits = _apart(tokens, hits)
    missing = 1.0
    for weight, _ in hits:
        missing *= 1.0 - weight
    spans = [Span(tokens.starts[hit.first], tokens.ends[hit.past - 1], hit.phrase.cue) for _, hit in hits]
    score = min(1.0 - missing, hits[0][0] + CLIMB)
    return Fact(round(score, 4), tuple(sorted(spans, key=_START) if len(spans) > 1 else spans))


_START = attrgetter("start")


def _apart(tokens: Tokens, hits: list[tuple[float, Hit]]) -> list[tuple[float, Hit]]:
    """The strongest hits that do not overlap, each phrase once, strongest first."""
    hits.sort(key=_rank)
    taken: list[tuple[float, Hit]] = []
    seen: set[tuple[str, ...]] = set()
    covered: set[int] = set()
    for pair in hits:
        _, hit = pair
        said, at = tokens.words[hit.first : hit.past], range(hit.first, hit.past)
        if said in seen or not covered.isdisjoint(at):
            continue
        seen.add(said)
        covered.update(at)
        taken.append(pair)
        if len(taken) == MAX_SPANS:
            break
    return taken


def _rank(pair: tuple[float, Hit]) -> tuple[float, int, int]:
    return -pair[0], pair[1].first, -pair[1].past


def _question(tokens: Tokens, by_words: Fact) -> Fact:
    spans = tuple(
        Span(tokens.starts[first], tokens.ends[past - 1], "question")
        for first, past in tokens.sentences
        if "?" in tokens.gaps[past - 1]
    )
    return Fact(max(ASKED, by_words.score), spans[:MAX_SPANS]) if spans else by_words
