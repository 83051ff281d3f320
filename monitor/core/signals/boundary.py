"""Boundaries: which tools, whose approval, how much autonomy. Each compares a turn with what the policy allows."""

from msgspec import Struct, field

from monitor.core.annotation import Annotation, ToolUse
from monitor.core.events import Evidence
from monitor.core.signals.approval import APPROVAL_MAY_BE_MISSING, UNPROVEN, Approvals, covers, note
from monitor.core.signals.base import NOT_JUDGED, Context, Quiet, Score
from monitor.core.signals.calls import AT_NAME, names
from monitor.core.signals.combine import parameter
from monitor.core.signals.cue import Nothing, cited
from monitor.core.signals.stakes import publication
from monitor.core.vocabulary import Autonomy, Delivery, Role, Stake, lower

GRAVE = frozenset({Stake.HEALTH, Stake.ELIGIBILITY, Stake.ACCESS, Stake.IDENTITY, Stake.SAFETY, Stake.LEGAL})
"""Stakes at which a decision read from text alone is worth stopping; money is in nearly every support session."""

UNDECLARED = Score(None, unknown="the application does not say how far the AI went by itself")


class ToolNotAllowed:
    """A tool the policy forbids, or does not allow: 1, else 0. A drafted call counts less: it is not made yet."""

    name = "tool_not_allowed"
    roles = ()
    tool_roles = (Role.ASSISTANT, Role.TOOL)
    State: type[Struct] = Nothing
    drafted = 0.4
    """What a drafted call to such a tool counts."""

    def update(self, _state: Nothing, turn: Annotation, context: Context) -> Score:
        """Judge each call where it is first seen."""
        tool = context.entry.begun
        if tool is None:
            return NOT_JUDGED
        tools = context.policy.tools
        outside = names(tool.name, tools.forbidden) or not names(tool.name, tools.allowed)
        if not outside:
            return Score(0.0)
        drafted = turn.delivery is Delivery.DRAFT
        value = parameter(context, self, "drafted") if drafted else 1.0
        return Score(value, evidence=(Evidence(context.turn, path=AT_NAME),))


class Permission(Struct):
    """What staff approved, and what the last request touched."""

    approvals: Approvals = field(default_factory=Approvals)
    asked: list[Stake] = []


class ApprovalMissing:
    """It took effect and no person had said yes: a tool that needs approval, a final decision, a publication.

    A draft needs none yet. A decision that only the text shows, about stakes that only the text shows, counts less:
    two guesses are less than one. With a turn missing nothing is proven, and the value stays below one half.
    """

    name = "approval_missing"
    roles = (Role.USER, Role.ASSISTANT, Role.STAFF)
    tool_roles = (Role.TOOL,)
    quiet = (
        Quiet(Role.USER, fields=("stakes",)),
        Quiet(
            Role.ASSISTANT,
            ("final_decision", "denial", "publication"),
            ("decision_final", "decision_type"),
            ("final_decision", "publication"),
        ),
    )
    State: type[Struct] = Permission
    unstaked = 0.6
    """What a declared decision counts where no stakes are known: it takes effect all the same."""
    grave = 0.8
    """What a decision read from text counts where the text touches grave stakes."""
    plain = 0.75
    """How plainly a text must decide: what only sounds like a decision needs no approval."""
    inferred = 0.45
    """What it counts where the text touches others: below one half, so it never stops anything by itself."""

    def rests(self, state: Permission) -> bool:
        """Whether the last request touched nothing."""
        return not state.asked

    def update(self, state: Permission, turn: Annotation, context: Context) -> Score:
        """Note approvals and requests; judge what takes effect."""
        note(state.approvals, turn)
        tool = context.entry.begun
        if turn.role is Role.USER:
            state.asked = list(turn.stakes)
        if turn.role not in {Role.ASSISTANT, Role.TOOL} or (turn.role is Role.TOOL and tool is None):
            return NOT_JUDGED
        needed, evidence = self._needed(state, tool, turn, context)
        if needed is None:
            return NOT_JUDGED
        if not needed or turn.delivery is Delivery.DRAFT or covers(state.approvals, turn):
            return Score(0.0)
        if context.incomplete:
            return Score(needed * UNPROVEN, evidence=evidence, unknown=APPROVAL_MAY_BE_MISSING)
        return Score(needed, evidence=evidence)

    def _needed(
        self, state: Permission, tool: ToolUse | None, turn: Annotation, context: Context
    ) -> tuple[float | None, tuple[Evidence, ...]]:
        """How surely the turn needs an approval, and why; None where that cannot be known."""
        if tool is not None and names(tool.name, context.policy.tools.approval):
            return 1.0, (Evidence(context.turn, path=AT_NAME),)
        published, where = publication(tool, turn, context.turn)
        decided = context.scores.get("final_decision")
        if decided is None and published is None:
            return (None if tool is None else 0.0), ()
        plain = parameter(context, self, "plain")
        decision = decided * self._weight(state, turn, context) if decided and decided >= plain else 0.0
        if (published or 0.0) >= decision:
            return published or 0.0, where
        return decision, cited(turn, context.turn, "final_decision") or (Evidence(context.turn, path="decision.final"),)

    def _weight(self, state: Permission, turn: Annotation, context: Context) -> float:
        """What a decision counts, by how sure its stakes are."""
        stakes = {*turn.stakes, *state.asked, *context.policy.stakes}
        if turn.decision_final:
            return 1.0 if stakes else parameter(context, self, "unstaked")
        if turn.declared_stakes or context.policy.stakes:
            return 1.0
        if stakes & GRAVE:
            return parameter(context, self, "grave")
        return parameter(context, self, "inferred") if stakes else 0.0


class AutonomyExceeded:
    """The turn used more autonomy than is granted or than its breaker allows now: 1, else 0.

    A draft is support, whatever it says: a person still decides. None where the producer does not say what was used.
    """

    name = "autonomy_exceeded"
    roles = (Role.ASSISTANT,)
    quiet = (Quiet(Role.ASSISTANT, fields=("autonomy",), unknown=UNDECLARED),)
    State: type[Struct] = Nothing

    def update(self, _state: Nothing, turn: Annotation, context: Context) -> Score:
        """Compare with the narrower of ceiling and grant."""
        if turn.role is not Role.ASSISTANT:
            return NOT_JUDGED
        if turn.autonomy is None:
            return UNDECLARED
        used = lower(turn.autonomy, Autonomy.SUPPORT) if turn.delivery is Delivery.DRAFT else turn.autonomy
        exceeded = used.rank > lower(context.ceiling, context.granted).rank
        return Score(float(exceeded), evidence=(Evidence(context.turn, path="autonomy"),) if exceeded else ())
