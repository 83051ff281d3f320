"""What a turn can cost somebody, read from its words, its intent and the name of its tool: ``models/stakes.tsv``."""

from collections.abc import Mapping
from functools import lru_cache

from monitor.annotate.hits import stake_hits
from monitor.annotate.tokens import Tokens, tokenise
from monitor.core.vocabulary import Stake

ENOUGH = 0.5
"""Weight together (noisy-or) at which a stake counts as detected."""
CACHED = 1024
"""Names of intents and tools whose stakes are remembered."""
LONGEST = 200
"""Characters read of one."""
Weights = Mapping[Stake, float]
_NOTHING: Weights = {}


def detected(tokens: Tokens, *, intent: str | None = None, tool: str | None = None) -> tuple[Stake, ...]:
    """The stakes read from the turn, in the order of the enum.

    >>> from monitor.annotate.tokens import tokenise
    >>> detected(tokenise("I want my money back"), tool="issue_refund")
    (<Stake.MONEY: 'money'>,)
    """
    read = [_strongest(tokens), _named(intent) if intent else _NOTHING, _named(tool) if tool else _NOTHING]
    if not any(read):
        return ()
    missing = dict.fromkeys(Stake, 1.0)
    for weights in read:
        for stake, weight in weights.items():
            missing[stake] *= 1.0 - weight
    return tuple([stake for stake in Stake if 1.0 - missing[stake] >= ENOUGH])


def _strongest(tokens: Tokens) -> Weights:
    """Noisy-or over the different phrases of each stake."""
    hits = stake_hits(tokens)
    if not hits:
        return _NOTHING
    seen: set[tuple[str, tuple[str, ...]]] = set()
    missing: dict[Stake, float] = {}
    for hit in hits:
        key = (hit.phrase.cue, tokens.words[hit.first : hit.past])
        if key not in seen:
            seen.add(key)
            stake = Stake(hit.phrase.cue)
            missing[stake] = missing.get(stake, 1.0) * (1.0 - hit.phrase.weight)
    return {stake: 1.0 - left for stake, left in missing.items()}


@lru_cache(maxsize=CACHED)
def _named(name: str) -> Weights:
    """What the words of an identifier say: ``issueRefund``, ``issue_refund`` and ``issue.refund`` read alike."""
    name = name[:LONGEST]
    spaced = "".join(f" {letter}" if letter.isupper() else letter for letter in name) if not name.isupper() else name
    return _strongest(tokenise(spaced.translate(_SEPARATORS)))


_SEPARATORS = str.maketrans("_-./:", "     ")
