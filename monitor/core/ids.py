"""Deterministic identities: the same record decided again under the same rules has the same id (DESIGN.md 6.5)."""

from hashlib import blake2b

from monitor.core.interaction import Position


def output_id(at: Position, subject: str, rule: str, transition: str, ordinal: int = 0) -> str:
    """Id of an output: 32 hex digits over where its cause lies and what was decided.

    >>> at = Position("oversight.interactions.v1", 3, 42)
    >>> output_id(at, "bot/s1", "dispute", "raised") == output_id(at, "bot/s1", "dispute", "raised")
    True
    """
    parts = (at.topic, str(at.partition), str(at.offset), str(ordinal), subject, rule, transition)
    return digest("\x1f".join(parts))


def derived_interaction_id(at: Position) -> str:
    """Id of a turn whose producer sent none: its place in the log, readable.

    >>> derived_interaction_id(Position("t", 0, 7))
    't-0-7'
    """
    return f"{at.topic}-{at.partition}-{at.offset}"


def digest(text: str) -> str:
    """32 hex digits of the text (BLAKE2b-128; equality only, no secrecy is claimed)."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def digest64(text: str) -> int:
    """A signed 63-bit-safe integer digest, for sets of values inside a state."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()) >> 1
