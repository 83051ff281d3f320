"""What a turn can cost somebody, read from its words, its intent and the name of its tool: ``models/stakes.tsv``."""

from monitor.annotate.phrases import find, table
from monitor.annotate.tokens import Tokens, tokenise
from monitor.core.vocabulary import Stake

ENOUGH = 0.5
"""Weight together (noisy-or) at which a stake counts as detected."""


def detected(tokens: Tokens, *, intent: str | None = None, tool: str | None = None) -> tuple[Stake, ...]:
    """The stakes read from the turn, in the order of the enum.

    >>> from monitor.annotate.tokens import tokenise
    >>> detected(tokenise("I want my money back"), tool="issue_refund")
    (<Stake.MONEY: 'money'>,)
    """
    missing = dict.fromkeys(Stake, 1.0)
    for read in (tokens, _named(intent), _named(tool)):
        if read is not None:
            for stake, weight in _strongest(read).items():
                missing[stake] *= 1.0 - weight
    return tuple(stake for stake in Stake if 1.0 - missing[stake] >= ENOUGH)


def _strongest(tokens: Tokens) -> dict[Stake, float]:
    """Noisy-or over the different phrases of each stake."""
    seen: set[tuple[str, tuple[str, ...]]] = set()
    missing: dict[Stake, float] = {}
    for hit in find(table("stakes"), tokens):
        key = (hit.phrase.cue, tokens.words[hit.first : hit.past])
        if key not in seen:
            seen.add(key)
            stake = Stake(hit.phrase.cue)
            missing[stake] = missing.get(stake, 1.0) * (1.0 - hit.phrase.weight)
    return {stake: 1.0 - left for stake, left in missing.items()}


def _named(name: str | None) -> Tokens | None:
    """The words of an identifier: ``issueRefund``, ``issue_refund`` and ``issue.refund`` read alike."""
    if not name:
        return None
    name = name[:200]
    spaced = "".join(f" {letter}" if letter.isupper() else letter for letter in name) if not name.isupper() else name
    return tokenise(spaced.translate(_SEPARATORS))


_SEPARATORS = str.maketrans("_-./:", "     ")
