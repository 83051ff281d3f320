"""Pairs of words of which at most one holds of the same thing, folded as ``annotate`` folds content words.

Words for stations of one course (start and end, buy and sell) are no opposites here: both hold of the same journey.
"""

_PAIRS = """
open/clos allow/forbidden allow/prohibit allow/ban permit/prohibit permit/forbidden availabl/unavailabl
includ/exclud approv/deni approv/reject accept/reject accept/declin accept/refus eligibl/ineligibl
refundabl/nonrefundabl fre/paid tru/fals correct/wrong correct/incorrect possibl/impossibl valid/invalid
valid/expir activ/inactiv enabl/disabl public/privat increas/decreas ris/fall higher/lower earli/lat saf/unsaf
saf/dangerous requir/optional mandatori/optional legal/illegal aliv/dead cheap/expensiv hot/cold warm/cold
morn/even todai/tomorrow alwai/never best/worst largest/smallest oldest/youngest longest/shortest north/south
east/west mal/femal success/failur succeed/fail succ/fail win/los won/lost sunni/raini full/empti
maximum/minimum indoor/outdoor
"""

OPPOSITES = tuple((one, other) for one, _, other in (pair.partition("/") for pair in _PAIRS.split()))


def _both_ways() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for pair in OPPOSITES:
        for word, opposite in (pair, pair[::-1]):
            found[word] = found.get(word, frozenset()) | {opposite}
    return found


OPPOSITES_OF = _both_ways()
"""Word -> its opposites.

>>> sorted(OPPOSITES_OF["approv"])
['deni', 'reject']
"""
OPPOSABLE = frozenset(OPPOSITES_OF)
"""Words that have an opposite."""
