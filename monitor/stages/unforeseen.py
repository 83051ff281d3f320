"""A record on which our own code fails: dead-lettered like any other bad record, and the rest goes on.

Ending the process would not help: the restart reads the same record, and one turn could stop all oversight of its
partition for ever. The same record fails in the same way again, so a re-read and a replay decide the same.
"""

from monitor.core.errors import InternalError, InvalidRecord, OperatorError, RejectCode

FATAL = (InternalError, OperatorError, MemoryError)
"""Not the record's doing: a state that does not decode, a policy that does not hold, a process without memory."""


def unforeseen(error: Exception) -> InvalidRecord:
    """The rejection for it. It names the place in our code, and never quotes: messages of exceptions hold text.

    >>> try:
    ...     {}["what a person said"]
    ... except KeyError as error:
    ...     unforeseen(error).code.value
    'internal_error'
    """
    frame, place = error.__traceback__, "nowhere"
    while frame is not None:
        place = f"{frame.tb_frame.f_globals.get('__name__', '?')}:{frame.tb_lineno}"
        frame = frame.tb_next
    rejection = InvalidRecord(RejectCode.INTERNAL_ERROR, f"our fault: {type(error).__name__} at {place}")
    rejection.__cause__ = error
    return rejection
