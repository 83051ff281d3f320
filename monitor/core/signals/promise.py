"""Promises the AI is not known to be allowed to make: money, a date, an exception, with nothing behind them."""

from msgspec import Struct, field

from monitor.core.annotation import Annotation
from monitor.core.signals.approval import APPROVAL_MAY_BE_MISSING, UNPROVEN, Approvals, covers, note
from monitor.core.signals.base import NOT_JUDGED, Context, Quiet, Score
from monitor.core.signals.combine import parameter
from monitor.core.signals.cue import cited, level
from monitor.core.vocabulary import Delivery, Role


class Backing(Struct):
    """What stands behind a promise: approvals, whether a person joined, whether a tool answered in this session."""

    approvals: Approvals = field(default_factory=Approvals)
    staffed: bool = False
    answered: bool = False


class UnauthorisedPromise:
    """The AI promises a refund, a compensation, a date or an exception, and neither a person nor a tool said it may.

    A rule that is told ("refunds take five days", "if you are eligible") promises nobody anything; a draft is not said
    yet.
    """

    name = "unauthorised_promise"
    roles = (Role.ASSISTANT, Role.STAFF)
    tool_roles = (Role.TOOL,)
    quiet = (Quiet(Role.ASSISTANT, facts=("concession",), known=("concession",)),)
    State: type[Struct] = Backing
    backed = 0.35
    """What is left of a promise that a tool's answer, a source or a person who joined stands behind."""

    def update(self, state: Backing, turn: Annotation, context: Context) -> Score:
        """Note what may stand behind a promise; judge what the AI says."""
        note(state.approvals, turn)
        state.staffed = state.staffed or turn.role is Role.STAFF
        if turn.role is Role.TOOL and turn.tool is not None:
            state.answered = state.answered or not turn.tool.error
        found = level(turn, "concession")
        if turn.role is not Role.ASSISTANT or found is None:
            return NOT_JUDGED
        if not found or turn.delivery is Delivery.DRAFT or covers(state.approvals, turn):
            return Score(0.0)
        evidence = cited(turn, context.turn, "concession")
        if state.staffed or state.answered or turn.tool is not None or turn.sources:
            return Score(found * parameter(context, self, "backed"), evidence=evidence)
        if context.incomplete:
            return Score(found * UNPROVEN, evidence=evidence, unknown=APPROVAL_MAY_BE_MISSING)
        return Score(found, evidence=evidence)
