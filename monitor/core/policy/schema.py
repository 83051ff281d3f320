"""The policy language as tables: which keys there are, what each may hold, and how a key maps to its struct field."""

import re
from typing import Any

from monitor.core.policy.model import Reversibility
from monitor.core.policy.shape import Fields, Flag, ListOf, MapOf, Name, Number, Optional, Text, choice, nearest
from monitor.core.rules import SCOPES, SYSTEM_SIGNALS
from monitor.core.signals import SIGNALS as SESSION
from monitor.core.told import MAX_TEXT
from monitor.core.vocabulary import (
    Autonomy,
    HumanRole,
    Mode,
    OnStale,
    Rung,
    Severity,
    Situation,
    Stake,
)

SESSION_SIGNALS = tuple(signal.name for signal in SESSION)
"""What the session stage reads, as a policy may name it."""

RATES = tuple(name for name in SYSTEM_SIGNALS if name.endswith("_rate"))
SIGNALS = tuple(dict.fromkeys(SESSION_SIGNALS + SYSTEM_SIGNALS))
EVALUATION = "evaluation."
"""Prefix of a bound on an upstream evaluator's score: ``evaluation.<name>``."""

HIDEABLE = ("intents", "tools", "amounts", "open_questions", "evidence")
"""What a route may hide: parts of the hand-off package, and the pointers to turns."""
HUMAN_ADDS = ("expertise", "ethics", "taste", "empathy", "accountability")
DIRECTIONS = ("up", "down", "both")
STEP = "step"
UNASSIGNED = "unassigned"

YEAR = 366 * 86400.0
_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_LANGUAGE = re.compile(r"[a-z]{2}")


def _is_session_signal(name: str) -> str | None:
    if name in SESSION_SIGNALS or name.startswith(EVALUATION):
        return None
    return f'unknown signal "{name}"; {nearest(name, SESSION_SIGNALS)}'


def _is_rate(name: str) -> str | None:
    return None if name in RATES else f'unknown rate "{name}"; {nearest(name, RATES)}'


def _is_system_signal(name: str) -> str | None:
    return None if name in SYSTEM_SIGNALS else f'unknown system signal "{name}"; {nearest(name, SYSTEM_SIGNALS)}'


def _is_situation(name: str) -> str | None:
    known = tuple(Situation)
    return None if name in known else f'unknown situation "{name}"; {nearest(name, known)}'


def _is_id(name: str) -> str | None:
    return None if _ID.fullmatch(name) else "a name has letters, digits and . _ : - only, at most 128"


def _is_language(name: str) -> str | None:
    return None if _LANGUAGE.fullmatch(name) else "a language is two lower-case letters (ISO 639-1), such as en"


def _any_name(name: str) -> str | None:
    size = len(name.encode("utf-8", "replace"))
    return None if size <= MAX_TEXT else f"the name has {size:,} bytes, at most {MAX_TEXT:,}"


class SignalName(Text, frozen=True):
    """A signal of either stage, or ``evaluation.<name>``."""

    def check(self, value: Any, path: str, faults: list[Any]) -> Any:  # noqa: ANN401, D102 - see Shape
        if not isinstance(value, str) or value.startswith(EVALUATION):
            return super().check(value, path, faults)
        return Name("signal", SIGNALS).check(value, path, faults)


class Notice(Text, frozen=True):
    """What may be said to the user: one text, or a map from language (ISO 639-1) to text."""

    def check(self, value: Any, path: str, faults: list[Any]) -> Any:  # noqa: ANN401, D102 - see Shape
        if isinstance(value, dict):
            return MapOf(Text(), _is_language).check(value, path, faults)
        return super().check(value, path, faults)


SECONDS = Number(0, YEAR)
CONDITION = Text(4 * MAX_TEXT)
"""CEL: not passed on whole, so it may be longer than words."""
RULE = Fields(
    {
        "text": Text(),
        "signals": ListOf(SignalName()),
        "with_signals": ListOf(SignalName()),
        "stakes": ListOf(choice("stake", Stake)),
        "any_stakes": Flag(),
        "when": Optional(CONDITION),
        "when_text": Optional(Text()),
        "hard": Flag(),
        "unless_called": Flag(),
        "severity": Optional(choice("severity", Severity)),
        "rung": Optional(choice("rung", Rung)),
        "human_role": Optional(choice("human role", HumanRole)),
        "mode": Optional(choice("mode", Mode)),
    }
)
SITUATION = Fields(
    {
        "ai_may": Text(),
        "human_when": Text(),
        "human_adds": ListOf(Name("thing a person adds", HUMAN_ADDS)),
        "human_role": choice("human role", HumanRole),
        "severity": choice("severity", Severity),
        "rung": choice("rung", Rung),
        "owner": Text(),
        "backup_owner": Optional(Text()),
        "route": Text(),
        "response_seconds": Number(1, YEAR, whole=True),
        "cooldown_seconds": SECONDS,
        "repeat_seconds": Number(0, YEAR, whole=True),
        "next_step": Text(),
        "user_notice": Optional(Notice()),
        "scope": Name("scope", SCOPES),
        "rules": MapOf(RULE, _is_id),
    }
)
AMOUNT = Number(-1e12, 1e12)
BOUND = Fields(
    {
        "raise": AMOUNT,
        "clear": AMOUNT,
        "min_samples": Number(1, 1_000_000, whole=True),
        "persist": Number(1, 1000, whole=True),
        "clear_after": Number(1, 1000, whole=True),
        "below": Flag(),
        "params": MapOf(AMOUNT, _any_name),
    }
)
LIMIT = Fields(
    {
        "text": Text(),
        "tools": ListOf(Text()),
        "argument": Optional(Text()),
        "min": Optional(AMOUNT),
        "max": Optional(AMOUNT),
        "max_total": Optional(AMOUNT),
        "max_items": Optional(Number(0, 1_000_000, whole=True)),
        "max_calls": Optional(Number(0, 1_000_000, whole=True)),
        "allowed": ListOf(Text()),
        "when": Optional(CONDITION),
        "must_be_known": Flag(),
    }
)
ORDER = Fields(
    {
        "text": Text(),
        "before": ListOf(Text()),
        "after": ListOf(Text()),
        "agreed": Flag(),
        "when": Optional(CONDITION),
    }
)
TOOLS = Fields(
    {
        **{name: ListOf(Text()) for name in ("allowed", "forbidden", "approval", "writes", "irreversible")},
        "limits": MapOf(LIMIT, _is_id),
        "orders": MapOf(ORDER, _is_id),
    }
)
ROLE = Fields({"topics": ListOf(Text()), "leaves_alone": MapOf(ListOf(Text()), _any_name)})
BUDGET = Fields(
    {
        "soft_per_1000": Optional(Number(0, 1000)),
        "step": Number(0.001, 1),
        "max_shift": Number(0, 0.95),
        "step_seconds": Number(1, YEAR),
        "min_sessions": Number(1, 1_000_000, whole=True),
        "freeze_lag": Number(0, 1_000_000_000, whole=True),
    }
)
STORM = Fields({"raised": Number(2, 1_000_000, whole=True), "window_seconds": Number(1, YEAR)})
PRECISION = Fields({"floor": Number(0, 1), "min_verdicts": Number(1, 1_000_000, whole=True)})
ROUTE = Fields({"hides": ListOf(Name("part of an escalation", HIDEABLE))})
DRIFT = Fields(
    {
        "bound": Number(3, 100),
        "sessions": Number(10, 1_000, whole=True),
        "delta": Number(1e-9, 0.5),
        "grace": Number(1, 1_000, whole=True),
        "min_change": Number(0, 1),
        "features": ListOf(Text()),
        "harmful": MapOf(Name("direction", DIRECTIONS), _any_name),
    }
)
BREAKER = Fields(
    {
        "trips": MapOf(Name("ceiling", (STEP, *Autonomy)), _is_system_signal),
        "hold_seconds": SECONDS,
        "hold_factor": Number(1, 100),
        "hold_cap_seconds": SECONDS,
        "lease_seconds": Number(1, 86400, whole=True),
        "on_stale": choice("stale policy", OnStale),
    }
)
_LAYER: dict[str, Any] = {
    "purpose": Text(),
    "owner": Text(),
    "mode": choice("mode", Mode),
    "granted": choice("level of autonomy", Autonomy),
    "idle_seconds": Number(1, YEAR),
    "stakes": ListOf(choice("stake", Stake)),
    "evidence_required": ListOf(Text()),
    "reversibility": choice("reversibility", Reversibility),
    "role": ROLE,
    "budget": BUDGET,
    "storm": STORM,
    "precision": PRECISION,
    "routes": MapOf(ROUTE, _is_id),
    "tools": TOOLS,
    "drift": DRIFT,
    "breaker": BREAKER,
    "rates": MapOf(BOUND, _is_rate),
    "risk_weights": MapOf(Number(0, 100), _is_session_signal),
    "bounds": MapOf(BOUND, _is_session_signal),
    "situations": MapOf(SITUATION, _is_situation, removable=False),
}
CAPABILITY = Fields(_LAYER)
SYSTEM = Fields({**_LAYER, "capabilities": MapOf(CAPABILITY, _is_id, removable=False)})
POLICY = Fields({"name": Text(), **_LAYER, "systems": MapOf(SYSTEM, _is_id, removable=False)})

FIELD_NAMES = {"raise": "raise_at", "clear": "clear_at"}
"""Keys whose struct field has another name (``raise`` is a word of Python)."""
