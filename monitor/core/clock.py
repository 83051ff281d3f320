"""Event time within bounds: a producer's clock may be wrong, and must never carry a partition's time away with it."""

from typing import NamedTuple

FUTURE_OF_RECORD = 300.0
"""Seconds a turn may lie ahead of its record's broker time: clocks of one fleet differ by less than five minutes."""
FUTURE_OF_PARTITION = 7 * 86400.0
"""Seconds a turn may move partition time at once where no record time is known: a quiet topic may rest for a week."""
LATEST = 4_102_444_800.0
"""The year 2100: the limit where there is nothing to compare with. A first turn beyond it has a bug, not a clock."""
PAST = 30 * 86400.0
"""Seconds behind after which a turn is flagged: older than any session that could still be open."""

TS_FUTURE = "ts_future"
TS_PAST = "ts_past"


class Bounded(NamedTuple):
    """An event time that may be used, and what was found about it."""

    ts: float
    flags: tuple[str, ...]


def bounded(ts: float, *, partition_time: float | None, record_time: float | None) -> Bounded:
    """Event time held below what the record's own time, or the partition's, allows (DESIGN.md 6.7).

    Args:
        ts: what the producer stated, epoch seconds.
        partition_time: highest bounded event time of the partition so far.
        record_time: the broker's or producer client's time of the record.

    A time too far ahead is cut to the limit and flagged; one far behind is kept as it is and flagged. With nothing to
    compare with, any time before the year 2100 is accepted.

    >>> bounded(9e9, partition_time=None, record_time=1000.0)
    Bounded(ts=1300.0, flags=('ts_future',))
    >>> bounded(900.0, partition_time=1000.0, record_time=None)
    Bounded(ts=900.0, flags=())
    """
    if record_time is not None:
        limit, present = record_time + FUTURE_OF_RECORD, record_time
    elif partition_time is not None:
        limit, present = partition_time + FUTURE_OF_PARTITION, partition_time
    else:
        limit, present = LATEST, ts
    if ts > limit:
        return Bounded(limit, (TS_FUTURE,))
    return Bounded(ts, (TS_PAST,) if ts < present - PAST else ())
