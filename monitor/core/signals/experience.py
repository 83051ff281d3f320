"""Customer experience: how the user fares, judged on user turns.

Each rests on one fact of the turn's text; what is added here is what one turn cannot show: whether it was said before,
whether there was an answer to dispute.
"""

from msgspec import Struct

from monitor.core.annotation import Annotation
from monitor.core.events import Evidence
from monitor.core.signals.base import NOT_JUDGED, Context, Quiet, Score
from monitor.core.signals.combine import containment, decayed, noisy_or, parameter
from monitor.core.signals.cue import cited, level, level_or_zero
from monitor.core.signals.talk import FAINT, KEEP, Talk
from monitor.core.signals.tone import tone_of
from monitor.core.vocabulary import Role


class Confusion:
    """The user does not follow: said so, or asks back after an answer, or again and again.

    A question alone stays low, for asking is what the system is there for; gladness takes some of it off.
    """

    name = "confusion"
    roles = (Role.USER, Role.ASSISTANT, Role.STAFF)
    quiet = (Quiet(Role.ASSISTANT), Quiet(Role.STAFF))
    State: type[Struct] = Talk
    asks = 0.1
    """What a question adds to a cue."""
    back = 0.25
    """What it adds that the question comes after an answer."""
    once = 0.85
    """What a turn reaches by itself: once is a question. Only an earlier sign takes it higher."""
    lift = 0.5
    """What an earlier sign adds at most."""
    glad = 0.3
    """What a wholly positive turn takes off."""
    heard = 0.6
    """What it adds that the turn sounds puzzled."""

    def rests(self, state: Talk) -> bool:
        """Whether who spoke has nothing to add any more."""
        return state.is_under_way

    def update(self, state: Talk, turn: Annotation, context: Context) -> Score:
        """Combine the cue, the question and what was held."""
        found = level(turn, "confusion")
        answered = state.answered
        state.follow(turn)
        if turn.role is not Role.USER or found is None:
            return NOT_JUDGED
        asks = level_or_zero(turn, "question")
        value = noisy_or(
            found,
            parameter(context, self, "heard") * level_or_zero(turn, "puzzled"),
            parameter(context, self, "asks") * asks,
            parameter(context, self, "back") * asks if answered else 0.0,
        )
        lift = parameter(context, self, "lift") * state.value if found >= FAINT else 0.0
        value = noisy_or(min(value, parameter(context, self, "once")), lift)
        state.value = decayed(state.value, found, KEEP)
        value *= 1.0 - parameter(context, self, "glad") * max(0.0, tone_of(turn))
        return Score(value, evidence=cited(turn, context.turn, "confusion"))


class Dissatisfaction:
    """The user is not content with what they got: said so, with a darker tone, after an answer, or again and again.

    Tone alone never fires it: people write sadly about sad things. The first turn reports the trouble it is about;
    the same words after an answer say that it did not help. Being content again lets earlier complaints fade.
    """

    name = "dissatisfaction"
    roles = (Role.USER, Role.ASSISTANT, Role.STAFF)
    quiet = (Quiet(Role.ASSISTANT), Quiet(Role.STAFF))
    State: type[Struct] = Talk
    tone = 0.3
    """What a wholly negative turn adds."""
    lift = 0.25
    """What an earlier complaint adds at most."""
    after = 0.15
    """What it adds that there was an answer before."""
    heard = 0.4
    """What it adds that the turn sounds displeased."""

    def rests(self, state: Talk) -> bool:
        """Whether who spoke has nothing to add any more."""
        return state.is_under_way

    def update(self, state: Talk, turn: Annotation, context: Context) -> Score:
        """Combine the cue, the tone and what was held."""
        found = level(turn, "dissatisfaction")
        answered = state.answered
        state.follow(turn)
        if turn.role is not Role.USER or found is None:
            return NOT_JUDGED
        state.value *= 1.0 - level_or_zero(turn, "satisfaction")
        value = noisy_or(
            found,
            parameter(context, self, "tone") * max(0.0, -tone_of(turn)),
            parameter(context, self, "heard") * level_or_zero(turn, "displeased"),
            parameter(context, self, "lift") * state.value,
            parameter(context, self, "after") if answered and found >= FAINT else 0.0,
        )
        state.value = decayed(state.value, found, KEEP)
        return Score(value, evidence=cited(turn, context.turn, "dissatisfaction"))


class Answer(Struct):
    """The last answer the user had, and how much of a decision it was."""

    turn: int | None = None
    terms: tuple[str, ...] = ()
    decided: float = 0.0


class Dispute:
    """The user contests the answer. Tone plays no part: the politest disagreement is one.

    Counts half while there was no answer to contest. Taking up the words of the answer, or contesting a decision or a
    refusal, lifts it. Evidence names the contested turn.
    """

    name = "dispute"
    roles = (Role.USER, Role.ASSISTANT, Role.STAFF)
    State: type[Struct] = Answer
    lift = 0.25
    """What taking up the answer, or its being a decision, adds at most."""
    unanswered = 0.5
    """What a dispute counts before anything was answered: it may be about something outside the session."""

    def update(self, state: Answer, turn: Annotation, context: Context) -> Score:
        """Judge a user turn against the last answer; remember answers of the AI and of staff."""
        if turn.role in {Role.ASSISTANT, Role.STAFF} and turn.words:
            state.turn, state.terms = context.turn, turn.terms
            state.decided = max([level_or_zero(turn, name) for name in ("final_decision", "denial", "refusal")])
            return NOT_JUDGED
        found = level(turn, "dispute")
        if turn.role is not Role.USER or found is None:
            return NOT_JUDGED
        value = self._weighed(found, state, turn, context)
        answer = () if state.turn is None else (Evidence(state.turn, cue="answer"),)
        return Score(value, evidence=cited(turn, context.turn, "dispute") + answer)

    def _weighed(self, found: float, answer: Answer, turn: Annotation, context: Context) -> float:
        if answer.turn is None and not context.incomplete:
            return found * parameter(context, self, "unanswered")
        if found < FAINT:
            return found
        taken_up = max(containment(turn.terms, answer.terms), answer.decided)
        return noisy_or(found, parameter(context, self, "lift") * taken_up)


class Path(Struct):
    """How far distress has gone, and where it rose last."""

    value: float | None = None
    n: int = 0
    evidence: tuple[Evidence, ...] = ()


class Distress:
    """The user is in distress. Never falls within a session: calm words later do not undo what was said.

    Two half signs count as one clear sign, since a miss costs more than a look.
    """

    name = "distress"
    roles = (Role.USER,)
    State: type[Struct] = Path
    lift = 0.5
    """What earlier distress adds to a new cue."""
    heard = 0.6
    """What it adds that the turn sounds sad: alone it never fires."""

    def update(self, state: Path, turn: Annotation, context: Context) -> Score:
        """Follow the path upwards; a turn that cannot be read leaves it where it was."""
        if turn.role is not Role.USER:
            return NOT_JUDGED
        found = level(turn, "distress")
        if found is not None:
            self._fold(state, found, turn, context)
        return Score(state.value, max(1, state.n), "session", state.evidence)

    def _fold(self, state: Path, found: float, turn: Annotation, context: Context) -> None:
        before = state.value or 0.0
        lift = parameter(context, self, "lift") * before
        heard = parameter(context, self, "heard") * level_or_zero(turn, "sad")
        now = noisy_or(found, lift if found >= FAINT else 0.0, heard)
        state.n += 1
        state.value = max(before, now)
        if now > before:
            state.evidence = cited(turn, context.turn, "distress" if found else "sad")
