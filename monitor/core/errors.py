"""Errors by whose fault they are: the operator's, the producer's, or ours.

A shell (worker, command) decides by the class alone what to do: an operator's error is printed with its next action
and ends the process with exit code 2; a producer's error dead-letters one record; an internal error ends the process
before anything is acknowledged, so that nothing is lost. An exception that nobody raised on purpose while one record is
folded dead-letters that record (``internal_error``): ending there would stop its partition for ever.
"""

from collections.abc import Sequence
from enum import StrEnum


class OversightError(Exception):
    """Root of every error this package raises on purpose."""


class OperatorError(OversightError):
    """Wrong settings, policy, topics or a missing broker. The message names the next action. Exit code 2."""


class Problem(str):
    """One line about one fault in an operator's file: ``path: what is wrong; what to do``."""

    __slots__ = ()


class PolicyError(OperatorError):
    """A policy that does not load. Carries every problem found, not only the first.

    >>> PolicyError([Problem("bounds.confusion.raise: 1.5 is above 1")]).problems
    ('bounds.confusion.raise: 1.5 is above 1',)
    """

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(Problem(problem) for problem in problems)
        super().__init__("\n".join(self.problems))


class SettingsError(PolicyError):
    """Settings that do not load; same form as :class:`PolicyError`."""


class RejectCode(StrEnum):
    """Why a record was rejected: the value of the ``dlq.error.code`` header and of the metric's label."""

    NULL_VALUE = "null_value"
    TOO_LARGE = "too_large"
    INVALID_UTF8 = "invalid_utf8"
    INVALID_JSON = "invalid_json"
    MISSING_FIELD = "missing_field"
    WRONG_TYPE = "wrong_type"
    OUT_OF_RANGE = "out_of_range"
    EMPTY_TURN = "empty_turn"
    UNKNOWN_FORMAT = "unknown_format"
    TOO_MANY_SYSTEMS = "too_many_systems"
    UNKNOWN_ESCALATION = "unknown_escalation"
    INVALID_REVIEW = "invalid_review"
    INTERNAL_ERROR = "internal_error"


class InvalidRecord(OversightError):  # noqa: N818 - the field's word for it (DESIGN.md section 6)
    """A producer's record that cannot become an event: kept in the dead-letter topic, counted, skipped.

    Args:
        code: the stable reason, for headers, metrics and reports.
        message: what is wrong with which field, without quoting the record's text.
    """

    def __init__(self, code: RejectCode, message: str) -> None:
        self.code = code
        super().__init__(message)


class InternalError(OversightError):
    """Our fault. Ends the process before the input is acknowledged, so the restart reads it again."""


class SnapshotError(InternalError):
    """A state snapshot that does not decode under this version."""
