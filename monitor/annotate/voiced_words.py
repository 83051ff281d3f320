"""Words by which a text in another voice is asked for."""

_TELLING_WORDS = """novel novels hero heroine protagonist villain screenplay thriller chapter storyline roleplay
    fiction fictional narrator fairytale sequel"""
TELLING = frozenset(_TELLING_WORDS.split())
"""Words that only made-up matters have."""
_WORK_WORDS = """story stories tale poem dialogue dialog script play sketch song lyrics scene essay letter email mail
    reply message article speech ad slogan text post paragraph sentence sentences joke riddle biography
    obituary"""
WORKS = frozenset(_WORK_WORDS.split())
"""What is written for somebody ..."""
_MAKING_WORDS = "write writing draft compose begin tell continue rewrite invent imagine finish start give create"
MAKING = frozenset(_MAKING_WORDS.split())
"""... by these."""
_ALONE_WORDS = """translate summarise summarize paraphrase pretend roleplay proofread compose draft imagine
    impersonate"""
ALONE = frozenset(_ALONE_WORDS.split())
"""Verbs that say it alone, where a sentence asks for it."""
_TOLD_WORDS = "a an the this that first final i we they he she who it can't cannot couldn't"
TOLD = frozenset(_TOLD_WORDS.split())
"""What stands before one of these words where it is told and not asked for: they give me a letter, the draft ruling."""
OWN = frozenset(("my", "our"))
"""What makes it one's own matter."""
PARTS = frozenset(("captain", "role", "character", "pirate", "king", "queen", "part"))
"""What is played."""
VOICES = TELLING | WORKS | ALONE | PARTS
"""A text without any of these asks for no other voice."""
