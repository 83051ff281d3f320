"""Whether an answer had anything to rest on, where the policy asks for it (``evidence_required`` names ``sources``)."""

from msgspec import Struct

from monitor.core.annotation import Annotation, Claim
from monitor.core.events import Evidence
from monitor.core.signals.approval import UNPROVEN
from monitor.core.signals.base import NOT_JUDGED, Context, Quiet, Score
from monitor.core.signals.combine import noisy_or, parameter
from monitor.core.signals.evidence import substantial
from monitor.core.vocabulary import Delivery, Role

SOURCES = "sources"
"""The entry of ``evidence_required`` that asks for it."""
MAX_POINTERS = 3
SOURCE_MAY_BE_MISSING = "a turn is missing; what the answer rests on may lie in it"


class Ground(Struct):
    """Whether a source, or a tool's result, has come since the user's last request."""

    given: bool = False


class NoEvidence:
    """The answer states facts, and neither it nor anything since the user's last request brought a source.

    Grows with what is stated; a figure weighs more than a word, for it is more readily taken for a fact. What the AI
    says of itself or to the user is no fact to be proven. Whether a source carries the answer is unsupported_claim's.
    """

    name = "no_evidence"
    quiet = (Quiet(Role.USER, fields=("sources",)),)
    State: type[Struct] = Ground
    stated = 0.5
    """What one statement counts; two make 0.75."""
    figure = 0.8
    """What a statement with a figure counts."""
    hedged = 0.6
    """What is left of a hedged one."""

    def rests(self, state: Ground) -> bool:
        """Whether no source has come since the user's last request."""
        return not state.given

    def update(self, state: Ground, turn: Annotation, context: Context) -> Score:
        """Note what could carry an answer; judge delivered answers."""
        if turn.role is Role.USER:
            state.given = False
        came = turn.role is Role.TOOL and turn.tool is not None and not turn.tool.error
        state.given = state.given or came or turn.sources > 0
        if turn.role is not Role.ASSISTANT or not turn.words or SOURCES not in context.policy.evidence_required:
            return NOT_JUDGED
        if turn.delivery is Delivery.DRAFT or state.given:
            return Score(0.0)
        claims = [claim for claim in turn.claims if not claim.personal and substantial(claim)]
        value = noisy_or(*(self._weight(claim, context) for claim in claims))
        evidence = tuple(
            Evidence(context.turn, cue="claim", start=claim.start, end=claim.end) for claim in claims[:MAX_POINTERS]
        )
        if value and context.incomplete:
            return Score(value * UNPROVEN, max(1, len(claims)), evidence=evidence, unknown=SOURCE_MAY_BE_MISSING)
        return Score(value, max(1, len(claims)), evidence=evidence)

    def _weight(self, claim: Claim, context: Context) -> float:
        weight = parameter(context, self, "figure" if claim.numbers else "stated")
        return weight * parameter(context, self, "hedged") if claim.hedged else weight
