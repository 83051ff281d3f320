"""How long a text may be that we pass on: a policy's words, and what we make of them.

What a stage sends and keeps goes into records of 1 MiB, all reasons of all open escalations of a session or system in
one. A record that the broker refuses would end the worker, and again after every restart.
"""

MAX_TEXT = 1_000
"""UTF-8 bytes of one text of a policy, and of what one reading tells. Shipped ones have up to 200."""
MAX_RULES = 256
"""Rules in force on a system or capability, those it inherits among them: a system keeps a tally of each."""
_LARGEST = 4
"""UTF-8 bytes of a character, at most."""


def shortened(words: str, most: int = MAX_TEXT) -> str:
    """The words, cut where they are longer than ``most`` bytes.

    >>> shortened("a fee of 20"), shortened("a fee of 20", 8), len(shortened("€" * 400).encode())
    ('a fee of 20', 'a fee…', 999)
    """
    if len(words) * _LARGEST <= most:
        return words
    written = words.encode("utf-8", "replace")
    return words if len(written) <= most else f"{written[: most - 3].decode('utf-8', 'ignore')}…"
