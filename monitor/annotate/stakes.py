"""What a turn can cost somebody, read from its words, its intent and the name of its tool: ``models/stakes.tsv``."""

from collections.abc import Mapping
from functools import lru_cache

from monitor.annotate.hits import Hit, stake_hits
from monitor.annotate.lexicon import STAKE
from monitor.annotate.tokens import Tokens, tokenise
from monitor.core.vocabulary import Stake

ENOUGH = 0.5
"""Weight together (noisy-or) at which a stake counts as detected."""
CACHED = 1024
"""Names of intents and tools whose stakes are remembered."""
LONGEST = 200
"""Characters read of one."""
Weights = Mapping[str, float]
"""By the name of a stake."""
_NOTHING: Weights = {}
ELSE: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "court": (("tennis", "food", "squash", "basketball", "badminton"), ()),
    "public": (
        (),
        ("transit", "transport", "transportation", "library", "holiday", "holidays", "park", "parks", "school", "pool"),
    ),
    "pain": ((), ("in",)),
    "doctor": ((), ("who",)),
    "fire": ((), ("tv", "stick", "emoji")),
    "law": (("moore's", "murphy's", "newton's", "ohm's"), ()),
    "post": ((), ("office", "code")),
    "brand": ((), ("new",)),
}
"""Words that with this word before, or that one behind, are about something else."""
_STAKES = {stake.value: stake for stake in Stake}


def detected(said: Weights, *, intent: str | None = None, tool: str | None = None) -> tuple[Stake, ...]:
    """The stakes of a turn that says so much, in the order of the enum.

    >>> from monitor.annotate.tokens import tokenise
    >>> detected(stakes_of(tokenise("I want my money back")), tool="issue_refund")
    (<Stake.MONEY: 'money'>,)
    """
    read = [said, _named(intent) if intent else _NOTHING, _named(tool) if tool else _NOTHING]
    if not any(read):
        return ()
    missing: dict[str, float] = {}
    for weights in read:
        for stake, weight in weights.items():
            missing[stake] = missing.get(stake, 1.0) * (1.0 - weight)
    return tuple([stake for name, stake in _STAKES.items() if 1.0 - missing.get(name, 1.0) >= ENOUGH])


def stakes_of(tokens: Tokens) -> Weights:
    """What the words say: noisy-or over the different phrases of each stake."""
    hits = stake_hits(tokens) if tokens.kinds & STAKE else []
    if not hits:
        return _NOTHING
    seen: set[tuple[str, tuple[str, ...]]] = set()
    missing: dict[str, float] = {}
    for hit in hits:
        if _means_else(tokens, hit):
            continue
        stake = hit.phrase.cue
        key = (stake, tokens.words[hit.first : hit.past])
        if key not in seen:
            seen.add(key)
            missing[stake] = missing.get(stake, 1.0) * (1.0 - hit.phrase.weight)
    return {stake: 1.0 - left for stake, left in missing.items()}


def _means_else(tokens: Tokens, hit: Hit) -> bool:
    """Whether the word beside it makes it another matter: a tennis court, public transit, a pain in the neck."""
    word = tokens.words[hit.first]
    before, after = ELSE.get(word, ((), ()))
    return (hit.first > 0 and tokens.words[hit.first - 1] in before) or tokens.words[hit.past : hit.past + 1] in [
        (other,) for other in after
    ]


@lru_cache(maxsize=CACHED)
def _named(name: str) -> Weights:
    """What the words of an identifier say: ``issueRefund``, ``issue_refund`` and ``issue.refund`` read alike."""
    name = name[:LONGEST]
    spaced = "".join(f" {letter}" if letter.isupper() else letter for letter in name) if not name.isupper() else name
    return stakes_of(tokenise(spaced.translate(_SEPARATORS)))


_SEPARATORS = str.maketrans("_-./:", "     ")
