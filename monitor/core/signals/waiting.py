"""A person was asked for: whether one was offered, joined, or was called within the next few answers."""

from typing import ClassVar

from msgspec import Struct

from monitor.core.annotation import Annotation, Fact, Span
from monitor.core.events import Evidence
from monitor.core.signals.approval import UNPROVEN
from monitor.core.signals.base import NOT_JUDGED, Context, Quiet, Score
from monitor.core.signals.calls import names
from monitor.core.signals.combine import clamp, parameter
from monitor.core.signals.cue import level, level_or_zero
from monitor.core.signals.role import HANDOVER_TOOLS
from monitor.core.vocabulary import Delivery, Role

OFFER_MAY_BE_MISSING = "a turn is missing; a person may have been offered in it"
CONTENT = 0.7
"""How plainly the user must be content, or say that nobody is needed, to wait no longer."""
NOTHING = Fact(0.0)
UNREAD = "the language of the answer is not judged, so an offer in it would not be seen"


class Wait(Struct):
    """The turn a person was first asked for in vain, how plainly, and how many answers came since.

    None: nobody waits.

    ``ever``: somebody has waited before, so that being over can be told.
    """

    since: int | None = None
    asked: float = 0.0
    answers: int = 0
    ever: bool = False


class HandoffMissed:
    """A person was asked for and the answers go on without one: answers waited / ``turns``, at most 1.

    Over as soon as a person is offered or joins, or a tool is called that brings one in; also when the user needs none
    any more, or is content with what they got. A draft and a bare tool call are no answers.
    """

    name = "handoff_missed"
    quiet = (
        Quiet(Role.USER, facts=("human_request",)),
        Quiet(Role.ASSISTANT),
        Quiet(Role.TOOL),
        Quiet(Role.STAFF),
    )
    State: type[Struct] = Wait
    asked = 0.7
    """How plainly a person must be asked for: asking for a number or for opening hours alone is not yet that."""
    turns = 3.0
    """Answers within which one should be offered."""
    offered = 0.5
    """How plainly one must be offered."""
    ranges: ClassVar = {"turns": (1.0, 1000.0)}

    def rests(self, state: Wait) -> bool:
        """Whether nobody has waited yet."""
        return not state.ever

    def update(self, state: Wait, turn: Annotation, context: Context) -> Score:
        """Begin to wait with a user's request; count the answers; end with an offer, a person, a call for one."""
        if turn.role is Role.USER:
            self._ask(state, turn, context)
            return NOT_JUDGED
        if not state.ever:
            return NOT_JUDGED
        offer = level(turn, "handoff_offer")
        answers = turn.role is Role.ASSISTANT and turn.delivery is Delivery.DELIVERED and turn.words > 0
        if turn.role is Role.STAFF or _calls(turn, context) or self._offers(offer, context, answers=answers):
            state.since, state.answers = None, 0
        if not answers:
            return NOT_JUDGED
        return self._count(state, context, read=offer is not None)

    def _count(self, state: Wait, context: Context, *, read: bool) -> Score:
        """One more answer."""
        if state.since is None:
            return Score(0.0, window="session")
        if not read:
            return Score(None, unknown=UNREAD)
        state.answers += 1
        return self._score(state, state.since, context)

    def _ask(self, state: Wait, turn: Annotation, context: Context) -> None:
        found = _wanted(turn)
        content = not found and level_or_zero(turn, "satisfaction") >= CONTENT
        declined = level_or_zero(turn, "human_declined") >= CONTENT
        if found >= parameter(context, self, "asked") and found > 0.0 and not (declined and _withdraws(turn)):
            if state.since is None:
                state.since, state.asked, state.answers, state.ever = context.turn, found, 0, True
        elif content or declined:
            state.since, state.asked = None, 0.0

    def _offers(self, offer: float | None, context: Context, *, answers: bool) -> bool:
        return answers and (offer or 0.0) >= parameter(context, self, "offered")

    def _score(self, state: Wait, since: int, context: Context) -> Score:
        turns = max(1.0, parameter(context, self, "turns"))
        waited = clamp(state.answers / turns)
        return Score(
            waited * UNPROVEN if context.incomplete else waited,
            state.answers,
            "session",
            (Evidence(since, cue="human_request", score=state.asked), Evidence(context.turn)),
            unknown=OFFER_MAY_BE_MISSING if context.incomplete else None,
        )


def _wanted(turn: Annotation) -> float:
    """How plainly a person is asked for; whether the AI is one, the user may just wish to know."""
    found = level_or_zero(turn, "human_request")
    if not found:
        return 0.0
    about = [span for fact in ("asks_if_human", "asks_if_machine") for span in turn.facts.get(fact, NOTHING).spans]
    asked = turn.facts["human_request"].spans
    if about and asked and all(any(_meet(span, other) for other in about) for span in asked):
        return 0.0
    return found


def _withdraws(turn: Annotation) -> bool:
    """Whether it is said after the last request that nobody is needed: "an agent please. Oh, no agent needed."."""
    asked, declined = (turn.facts.get(fact, NOTHING).spans for fact in ("human_request", "human_declined"))
    return max((span.start for span in declined), default=0) > max((span.start for span in asked), default=0)


def _meet(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _calls(turn: Annotation, context: Context) -> bool:
    """Whether the turn calls for a person by a tool; a failed call brings none. Moving money is no hand-over."""
    if turn.tool is None or turn.tool.error or turn.delivery is Delivery.DRAFT:
        return False
    return names(turn.tool.name, HANDOVER_TOOLS) and not names(turn.tool.name, context.policy.tools.irreversible)
