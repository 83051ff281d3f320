"""The classes of words that make a sentence a statement, deny it, weaken it or turn it into something else."""

from monitor.core.words import STOP_WORDS, fold

_NEGATIONS = "not no never without cannot nor none neither nothing nobody nowhere ain't hardly unable"
_HEDGES = """may might maybe perhaps possibly probably likely presumably apparently seems seem appears appear could
    unsure approximately roughly around guess assume suppose believe think supposedly allegedly"""
_PERSONS = "i i'm i've i'd i'll me my mine myself you your yours you're we we're we've our us"
_EMPTY = "also very much however therefore thus sorry glad happy welcome"
_PARTIAL = """also include includes included including such some among other others many several various example
    examples another additionally besides both like e.g"""
_ASKING = """what which who whom whose when where why how do does did can could would will shall should is are was were
    has have may"""
_REQUESTS = "please let kindly feel thank thanks sorry hello hi hey dear welcome apologies goodbye bye"
_PRONOUNS = "i you we he she it they there this that these those"

NEGATIONS = frozenset(_NEGATIONS.split())
HEDGES = frozenset(_HEDGES.split())
PERSONS = frozenset(_PERSONS.split())
"""Words for the speaker and the listener."""
EMPTY = frozenset(_EMPTY.split())
"""Words besides the stop words that carry no matter of their own."""
PARTIAL = frozenset(_PARTIAL.split())
"""Words that say that there are others besides."""
ASKING = frozenset(_ASKING.split())
"""Words that open a question; all but QUESTION_WORDS only before a pronoun."""
QUESTION_WORDS = frozenset(("what", "which", "who", "how", "why"))
REQUESTS = frozenset(_REQUESTS.split())
"""Words that open a request or a greeting."""
PRONOUNS = frozenset(_PRONOUNS.split())
OFFERS = {"would": ("you", "like"), "do": ("you", "want"), "shall": ("i",), "let": ("me", "know")}
"""Where an offer begins: its first word, and the words after it."""


def term_of(word: str) -> str:
    """The folded content word, or nothing for a word that carries no matter of its own."""
    if (
        len(word) < 2
        or word in STOP_WORDS
        or word in NEGATIONS
        or word in HEDGES
        or word in EMPTY
        or word.endswith("n't")
    ):
        return ""
    return fold(word)
