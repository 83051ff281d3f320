"""Times as text: RFC 3339 on the wire, epoch seconds inside. No clock is read here."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_IN_UTC = EPOCH.replace(tzinfo=None)
FIRST = (datetime.min.replace(tzinfo=UTC) - EPOCH).total_seconds()
"""Epoch seconds of the first moment a date can name, 0001-01-01."""
LAST = (datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC) - EPOCH).total_seconds()
"""Epoch seconds of the last whole second a date can name."""


def parse(text: str) -> float:
    """Epoch seconds of a time written as RFC 3339; a time without offset is read as UTC.

    Raises:
        ValueError: the text is no date and time.

    >>> parse("1970-01-01T01:00:00.5+01:00")
    0.5
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        return (moment - EPOCH).total_seconds()
    except OverflowError as error:
        raise ValueError("outside the years 1 to 9999") from error


def render(seconds: float) -> str:
    """RFC 3339 in UTC with microseconds. Outside the years 1 to 9999 the nearest moment that can be written.

    >>> render(1.5)
    '1970-01-01T00:00:01.500000Z'
    """
    if not FIRST <= seconds <= LAST:
        seconds = min(max(seconds, FIRST), LAST)
    return (_IN_UTC + timedelta(seconds=seconds)).isoformat(timespec="microseconds") + "Z"
