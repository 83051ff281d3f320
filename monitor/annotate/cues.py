"""Cues: what a turn says in phrases, guarded against negation, quotation and talk of something else.

The phrases and their weights are a table, ``models/cues.tsv``; here stands only how hits become scores.
"""

from operator import attrgetter

from monitor.annotate.hits import Hit, cue_hits
from monitor.annotate.lexicon import ASKS
from monitor.annotate.meaning import means_else
from monitor.annotate.said import MAX_SENTENCES, Said, said
from monitor.annotate.surroundings import LESSENED, is_negated, weight_of
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
_HALF = frozenset(("distress",))
"""Cues of which a sentence without a phrase is half a sign: no fragment of a sentence calls the carers."""
HALF = 0.6
"""What is left of its score."""
DOUBTED = 0.6
"""What is left of a phrase in a turn whose sentences, all their words together, speak against it."""


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
        elif cue in negated or (cue in LESSENED and cue in found):
            continue
        elif cue in _HALF:
            facts[cue] = _half_said(tokens, cue, reading, facts[cue])
        elif reading.score > facts[cue].score:
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
        if hit.first < negated.get(cue, 0) or is_negated(tokens, hit) or means_else(tokens, hit):
            negated[cue] = max(hit.past, negated.get(cue, 0))
        else:
            weight = weight_of(tokens, hit)
            if weight:
                found.setdefault(cue, []).append((weight, hit))
    return found, negated


def _said(tokens: Tokens, cue: str, heard: Said) -> Fact:
    """A fact that no phrase says as plainly: the whole sentence is its evidence."""
    begin, end = tokens.sentences[heard.sentence]
    return Fact(heard.score, (Span(tokens.starts[begin], tokens.ends[end - 1], cue),))


def _half_said(tokens: Tokens, cue: str, heard: Said, phrased: Fact) -> Fact:
    """A model's word as half a sign, beside what phrases say."""
    own = _said(tokens, cue, heard)
    none = (1.0 - HALF * own.score) * (1.0 - phrased.score)
    return Fact(round(1.0 - none, 4), (*phrased.spans, *own.spans))


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
