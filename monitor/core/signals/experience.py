"""Customer experience: how the user fares, judged on user turns.

Each rests on one fact of the turn's text; what is added here is what one turn cannot show: the speaker's own usual
mood, whether it was said before, whether there was an answer to dispute.
"""

from msgspec import Struct

from monitor.core.annotation import Annotation
from monitor.core.events import Evidence
from monitor.core.signals.base import NOT_JUDGED, USER_VALENCE, Context, Quiet, Score
from monitor.core.signals.combine import clamp, containment, decayed, keep_newest, noisy_or, parameter
from monitor.core.signals.cue import Nothing, cited, level, level_or_zero
from monitor.core.vocabulary import Role

NOT_READ = "the language of the turn is not judged"
MAX_SPEAKERS = 16
KEEP = 0.9
"""What is left of an earlier sign after a user turn: half of it after about seven."""
FAINT = 0.2
"""A cue below this is noise and is lifted by nothing."""


class Held(Struct):
    """The strongest earlier sign, fading."""

    value: float = 0.0


class Sentiment:
    """The valence of a user turn in [-1, 1]; above 1/3 reads positive, below -1/3 negative.

    Where the system's users sound negative as a rule (the standing's ``user_valence``), a negative turn counts as much
    less, by at most ``blunt``: it never reads positive for that.
    """

    name = "sentiment"
    roles = (Role.USER,)
    State: type[Struct] = Nothing
    blunt = 0.3
    """The most that is taken off: an unhappy user of an unhappy system is still heard."""

    def update(self, _state: Nothing, turn: Annotation, context: Context) -> Score:
        """The turn's own valence; None where it cannot be read."""
        fact = turn.facts.get("valence")
        if turn.role is not Role.USER:
            return NOT_JUDGED
        if fact is None:
            return Score(None, unknown=NOT_READ if turn.words else None)
        usual = min(parameter(context, self.name, "blunt", self.blunt), -context.baselines.get(USER_VALENCE, 0.0))
        value = min(0.0, fact.score + usual) if fact.score < 0.0 < usual else fact.score
        return Score(clamp(value, -1.0), evidence=cited(turn, context.turn, "valence"))


class Mood(Struct):
    """A speaker's usual valence: exponentially weighted mean over ``n`` turns."""

    mean: float = 0.0
    n: int = 0


class Moods(Struct):
    """One mood per speaker, the longest silent first; at most MAX_SPEAKERS."""

    speakers: dict[str, Mood] = {}


class SentimentShift:
    """How far the valence fell below the speaker's own running mean: 0 not at all, 1 from wholly good to wholly bad.

    A grumpy person is not a worsening one: each speaker is compared with themselves only. None on a speaker's first
    turn.
    """

    name = "sentiment_shift"
    roles = (Role.USER,)
    State: type[Struct] = Moods
    alpha = 0.4
    """Weight of the newest turn in the mean: about the last four turns count."""

    def update(self, state: Moods, turn: Annotation, context: Context) -> Score:
        """Compare with the speaker's mood, then fold the turn into it."""
        fact = turn.facts.get("valence")
        if turn.role is not Role.USER or fact is None:
            return NOT_JUDGED
        valence = clamp(fact.score, -1.0)
        speaker = turn.speaker or ""
        mood = state.speakers.pop(speaker, None) or Mood()
        drop = max(0.0, mood.mean - valence) / 2.0
        known = mood.n > 0
        alpha = parameter(context, self.name, "alpha", self.alpha)
        mood.mean = mood.mean + alpha * (valence - mood.mean) if known else valence
        mood.n += 1
        state.speakers[speaker] = mood
        keep_newest(state.speakers, MAX_SPEAKERS)
        if not known:
            return Score(None, unknown="the first turn of this speaker")
        return Score(clamp(drop), mood.n, "session", cited(turn, context.turn, "valence"))


class Course(Held):
    """The strongest earlier sign, fading, and how far the talk is: the user spoke, and was answered since."""

    spoke: bool = False
    answered: bool = False

    @property
    def is_under_way(self) -> bool:
        """Whether both have spoken: from then on :meth:`follow` notes nothing new."""
        return self.spoke and self.answered

    def follow(self, turn: Annotation) -> None:
        """Note who spoke. A greeting before the user's first words is no answer."""
        if turn.words and turn.role is not Role.TOOL:
            self.answered = self.answered or (self.spoke and turn.role is not Role.USER)
            self.spoke = self.spoke or turn.role is Role.USER


class Confusion:
    """The user does not follow: said so, or asks back after an answer, or again and again.

    A question alone stays low, for asking is what the system is there for; gladness takes some of it off.
    """

    name = "confusion"
    roles = (Role.USER, Role.ASSISTANT, Role.STAFF)
    quiet = (Quiet(Role.ASSISTANT), Quiet(Role.STAFF))
    State: type[Struct] = Course
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

    def rests(self, state: Course) -> bool:
        """Whether who spoke has nothing to add any more."""
        return state.is_under_way

    def update(self, state: Course, turn: Annotation, context: Context) -> Score:
        """Combine the cue, the question and what was held."""
        found = level(turn, "confusion")
        answered = state.answered
        state.follow(turn)
        if turn.role is not Role.USER or found is None:
            return NOT_JUDGED
        asks = level_or_zero(turn, "question")
        value = noisy_or(
            found,
            parameter(context, self.name, "heard", self.heard) * level_or_zero(turn, "puzzled"),
            parameter(context, self.name, "asks", self.asks) * asks,
            parameter(context, self.name, "back", self.back) * asks if answered else 0.0,
        )
        lift = parameter(context, self.name, "lift", self.lift) * state.value if found >= FAINT else 0.0
        value = noisy_or(min(value, parameter(context, self.name, "once", self.once)), lift)
        state.value = decayed(state.value, found, KEEP)
        value *= 1.0 - parameter(context, self.name, "glad", self.glad) * max(0.0, _valence(turn))
        return Score(value, evidence=cited(turn, context.turn, "confusion"))


class Dissatisfaction:
    """The user is not content with what they got: said so, with a darker tone, after an answer, or again and again.

    Tone alone never fires it: people write sadly about sad things. The first turn reports the trouble it is about;
    the same words after an answer say that it did not help. Being content again lets earlier complaints fade.
    """

    name = "dissatisfaction"
    roles = (Role.USER, Role.ASSISTANT, Role.STAFF)
    quiet = (Quiet(Role.ASSISTANT), Quiet(Role.STAFF))
    State: type[Struct] = Course
    tone = 0.3
    """What a wholly negative turn adds."""
    lift = 0.25
    """What an earlier complaint adds at most."""
    after = 0.15
    """What it adds that there was an answer before."""
    heard = 0.4
    """What it adds that the turn sounds displeased."""

    def rests(self, state: Course) -> bool:
        """Whether who spoke has nothing to add any more."""
        return state.is_under_way

    def update(self, state: Course, turn: Annotation, context: Context) -> Score:
        """Combine the cue, the tone and what was held."""
        found = level(turn, "dissatisfaction")
        answered = state.answered
        state.follow(turn)
        if turn.role is not Role.USER or found is None:
            return NOT_JUDGED
        state.value *= 1.0 - level_or_zero(turn, "satisfaction")
        value = noisy_or(
            found,
            parameter(context, self.name, "tone", self.tone) * max(0.0, -_valence(turn)),
            parameter(context, self.name, "heard", self.heard) * level_or_zero(turn, "displeased"),
            parameter(context, self.name, "lift", self.lift) * state.value,
            parameter(context, self.name, "after", self.after) if answered and found >= FAINT else 0.0,
        )
        state.value = decayed(state.value, found, KEEP)
        return Score(value, evidence=cited(turn, context.turn, "dissatisfaction"))


def _valence(turn: Annotation) -> float:
    """The turn's valence in [-1, 1], 0 where it cannot be read."""
    fact = turn.facts.get("valence")
    return 0.0 if fact is None else clamp(fact.score, -1.0)


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
            return found * parameter(context, self.name, "unanswered", self.unanswered)
        if found < FAINT:
            return found
        taken_up = max(containment(turn.terms, answer.terms), answer.decided)
        return noisy_or(found, parameter(context, self.name, "lift", self.lift) * taken_up)


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
        lift = parameter(context, self.name, "lift", self.lift) * before
        heard = parameter(context, self.name, "heard", self.heard) * level_or_zero(turn, "sad")
        now = noisy_or(found, lift if found >= FAINT else 0.0, heard)
        state.n += 1
        state.value = max(before, now)
        if now > before:
            state.evidence = cited(turn, context.turn, "distress" if found else "sad")
