"""Words by which it shows that something can be read two ways, and what is done about it."""

from monitor.core.words import fold

_SUPPOSES_WORDS = """assume assumed assuming guess guessed suppose supposed presume presumed presumably
    figured thought"""
SUPPOSES = frozenset(_SUPPOSES_WORDS.split())
"""What an AI does that does not ask ..."""
_MEANS_WORDS = "mean meant want wanted refer referred"
MEANS = frozenset(_MEANS_WORDS.split())
"""... of what the user does."""
_TAKES_WORDS = "took interpreted understood read treated interpret"
TAKES = frozenset(_TAKES_WORDS.split())
"""Verbs by which something is taken for something ..."""
_COMPARES_WORDS = """soon well far long usual always requested asked instructed agreed promised planned needed required
    part per you i we they it he she carefully quickly closely best fully often much many if though"""
COMPARES = frozenset(_COMPARES_WORDS.split())
"""... unless one of these stands behind "as": I've read it as requested, as soon as it came."""
OFFERS = frozenset(("might", "may", "could", "know", "hear"))
"""What makes a guess at a wish an offer: I thought you might want to know."""
_COUNTS_WORDS = "two three four five six several multiple both"
COUNTS = frozenset(_COUNTS_WORDS.split())
_TIMES_WORDS = "second seconds minute minutes hour hours day days week weeks month months year years time times"
TIMES = frozenset(map(fold, _TIMES_WORDS.split()))
"""What is counted without being several things: two days to do it in."""
_HAS_WORDS = "have got i've we've had"
HAS = frozenset(_HAS_WORDS.split())
SPEAKER = frozenset(("i", "i've", "we", "we've"))
_DONE_WORDS = """sent cancelled canceled deleted printed closed booked ordered picked chose chosen moved gave given
    called transferred changed removed updated paid shared added refunded renewed"""
DONE = frozenset(_DONE_WORDS.split())
"""What an AI did that settled on one."""
_DELEGATES_WORDS = "pick choose whichever recommend better either any prefer"
DELEGATES = frozenset(_DELEGATES_WORDS.split())
"""Words of who leaves the choice to the AI."""
_LANGUAGE_WORDS = "sentence sentences word words mean means example novel poem ending term explain grammar linguistics"
LANGUAGE = frozenset(_LANGUAGE_WORDS.split())
"""What may be ambiguous without anything being unclear here."""
TWOFOLD = frozenset(("biweekly", "bimonthly", "bi"))
"""Twice in a time, or every second one."""
WRITTEN_DATE = frozenset(("on", "to", "for", "by", "until", "from", "before", "after", "is", "date", "the"))
"""What stands before a date ..."""
_MEASURED_WORDS = "of inch inches cup cups teaspoon teaspoons tablespoon tablespoons pint pints mile miles price"
MEASURED = frozenset(_MEASURED_WORDS.split())
"""... and behind a fraction: the 3/4 inch pipe."""
READS = (
    SUPPOSES | TAKES | COUNTS | DELEGATES | TWOFOLD | {"sure", "certain", "ambiguous", "ambiguity", "should", "shall"}
)
"""A text without any of these, and without a date, shows no readings."""
