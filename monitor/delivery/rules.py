"""The rules of delivery by name, so that a test can take one out and watch the simulation fail (DESIGN.md 6)."""

from enum import Enum


class Rule(Enum):
    """One promise each. The value says what it forbids."""

    OUTPUTS_BEFORE_STATES = "a state is written only when every output decided with it is acknowledged"
    STATES_BEFORE_CONTROL = "progress moves only when every state of the batch is acknowledged and stored"
    AWAIT_ACKS = "a step is over when the broker acknowledged it, not when it was sent"
    EXIT_ON_FAILURE = "a failed step ends the process: no later record may pass an unfinished one"
    SKIP_BELOW = "a record at or below the progress is not applied again"
    DROP_ABOVE = "a batch that begins above the next record is dropped, and the partition sought back"
    EPOCH = "a batch of an older assignment is dropped, and writes nothing"
    INCLUDED = "a state that already includes a record does not take it twice"
    HIGHEST_WINS = "recovery keeps the highest included offset of a key, not its last record"
    REWRITE_REGRESSED = "a key whose last record is not its highest is rewritten before the partition starts"
    TOMBSTONE_OFFSET = "a tombstone says which offset it includes"
    LEASE = "a process whose lease has run out ends before it sends or writes anything"
    HEARD = "the lease is renewed by heartbeats the group acknowledged, not by an event loop that merely runs"
    INITIAL_CONTROL = "where a new partition begins is recorded before its first record is taken"
    ADOPT_ACKED = "a new policy or standing is acknowledged in the control records before it decides anything"
    ADOPT_AFTER_END = "an owner decides what an earlier owner may have decided under what was in force then"
    ADOPT_WRITTEN = "a change is adopted only when all that was decided before it is in the control record"
    TENURE = "each owner asserts anew what is in force; what an earlier owner asserts after that does not count"
    REFRESH = "every key is written again before compaction may reach its last record"
    SEEN = "the system stage folds each source record once, however often it was emitted"


ALL_RULES = frozenset(Rule)
