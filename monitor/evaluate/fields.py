"""Labels that are understood wherever they stand, so that users can bring their own; and those they name themselves.

A field of ``label`` that is called like a signal is the truth about that signal on that turn; ``label.session`` says it
of the whole session, on any of its lines. The fields below are understood too. Files of known data (``tasks``) keep
their own rows; a file is known by its lines' ``source``, never by what it is called alone.
"""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from monitor.core.errors import OperatorError
from monitor.core.signals import SIGNALS
from monitor.evaluate.task import Task, Unit
from monitor.evaluate.tasks import ASSISTANT, BOUNDARY, THIRD, USER
from monitor.evaluate.truth import Truth, at_least, at_most, equals, fails, holds, mooded

SESSION = "session."
RISK = "session_risk"
BOUNDARY_NAME = "boundary"
"""In ``--label`` and ``--signal``: any signal of the boundary family."""
NAMES = tuple(signal.name for signal in SIGNALS)


@dataclass(frozen=True, slots=True)
class Field:
    """One field that is understood. ``means``: what a true case is."""

    name: str
    signals: tuple[str, ...]
    means: str
    truth: Truth
    roles: tuple[str, ...] = ()
    sign: float = 1.0
    bound: float | None = None
    title: str = ""


FIELDS: tuple[Field, ...] = (
    Field("sentiment", ("sentiment",), "negative", mooded("negative"), USER, sign=-1.0, bound=THIRD),
    Field("shift", ("sentiment_shift",), "-1: the mood fell", equals("shift", -1), USER),
    Field("dissatisfied", ("dissatisfaction",), "true", holds("dissatisfied"), USER),
    Field("confused", ("confusion",), "true", holds("confused"), USER),
    Field("contradiction", ("self_contradiction",), "true", holds("contradiction"), ASSISTANT),
    Field("grounded", ("unsupported_claim",), "false", fails("grounded"), ASSISTANT),
    Field("session.escalation", (RISK,), "true", holds("session.escalation")),
    Field("session.task_success", (RISK,), "3 or less of 5", at_most("session.task_success", 3)),
    Field("session.attack_success", BOUNDARY, "true", holds("session.attack_success"), title="any boundary signal"),
    Field(
        "session.unsafe",
        (*BOUNDARY, "irreversible_action"),
        "true",
        holds("session.unsafe"),
        title="boundary or irreversible_action",
    ),
    *(
        Field(f"{prefix}{name}", (name,), "true", holds(f"{prefix}{name}"))
        for name in NAMES
        if name != "sentiment"
        for prefix in ("", SESSION)
    ),
)


def understood(data: str, names: Collection[str]) -> Iterator[Task]:
    """The rows that the fields of this data allow."""
    for field in FIELDS:
        if field.name in names:
            yield task_of(field, data)


def task_of(field: Field, data: str) -> Task:
    """The field's row on some data. What is true of a session is judged before its last turn where it is its risk."""
    whole = field.name.startswith(SESSION)
    unit = Unit.TURN if not whole else Unit.BEFORE_LAST if field.signals == (RISK,) else Unit.SESSION
    what = f"label.{field.name}: {field.means}"
    return Task(
        field.signals,
        (data,),
        what,
        field.truth,
        unit=unit,
        roles=field.roles,
        sign=field.sign,
        bound=field.bound,
        title=field.title,
    )


def known_fields() -> str:
    """What is understood, in words, for those whose file has none of it."""
    own = ", ".join(f"{field.name} ({field.means})" for field in FIELDS if field.name.split(".")[-1] not in NAMES[1:])
    return f"{own}; the name of any signal (true or false), also under session: {', '.join(NAMES)}"


_MAPPED = re.compile(r"(?P<signal>\w+)=(?P<negated>!?)(?P<field>[^<>=!]+?)(?:(?P<test><=|>=|=)(?P<value>.+))?")
_TESTS: dict[str, Callable[[str, float], Truth]] = {"<=": at_most, ">=": at_least}


def mapped(text: str) -> Field:
    """A ``--label``: ``signal=FIELD``, ``=!FIELD``, ``=FIELD=VALUE``, ``=FIELD<=NUMBER`` or ``=FIELD>=NUMBER``.

    Raises:
        OperatorError: it says something else, or names no signal.

    >>> mapped("session_risk=session.csat<=2").means
    '<=2'
    """
    found = _MAPPED.fullmatch(text)
    if found is None:
        forms = "signal=FIELD, signal=!FIELD, signal=FIELD=VALUE, signal=FIELD<=NUMBER, signal=FIELD>=NUMBER"
        raise OperatorError(f"--label {text!r}: is not understood; write one of {forms}")
    signals = BOUNDARY if found["signal"] == BOUNDARY_NAME else (found["signal"],)
    if signals[0] not in (*NAMES, *BOUNDARY):
        raise OperatorError(
            f"--label {text!r}: no signal {signals[0]!r}; there are {BOUNDARY_NAME}, {', '.join(NAMES)}"
        )
    title = "any boundary signal" if signals == BOUNDARY else ""
    means = f"{found['test']}{found['value']}" if found["test"] else "false" if found["negated"] else "true"
    return Field(found["field"], signals, means, _truth(text, found), title=title)


def _truth(text: str, found: re.Match[str]) -> Truth:
    name, test, value = found["field"], found["test"], found["value"]
    if test is None:
        return fails(name) if found["negated"] else holds(name)
    if found["negated"]:
        raise OperatorError(f"--label {text!r}: ! and {test} together are not understood; write the other comparison")
    if test == "=":
        number = _number(value)
        return equals(name, value if number is None else number)
    number = _number(value)
    if number is None:
        raise OperatorError(f"--label {text!r}: {value!r} is not a number; compare with one, or use =")
    return _TESTS[test](name, number)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
