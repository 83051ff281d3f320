"""Tone: how a user turn sounds, by itself and beside the speaker's own usual mood."""

from msgspec import Struct

from monitor.core.annotation import Annotation
from monitor.core.signals.base import NOT_JUDGED, USER_VALENCE, Context, Score
from monitor.core.signals.combine import clamp, keep_newest, parameter
from monitor.core.signals.cue import Nothing, cited
from monitor.core.vocabulary import Role

NOT_READ = "the language of the turn is not judged"
MAX_SPEAKERS = 16


def tone_of(turn: Annotation) -> float:
    """The turn's valence in [-1, 1], 0 where it cannot be read."""
    fact = turn.facts.get("valence")
    return 0.0 if fact is None else clamp(fact.score, -1.0)


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
        usual = min(parameter(context, self, "blunt"), -context.baselines.get(USER_VALENCE, 0.0))
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
        alpha = parameter(context, self, "alpha")
        mood.mean = mood.mean + alpha * (valence - mood.mean) if known else valence
        mood.n += 1
        state.speakers[speaker] = mood
        keep_newest(state.speakers, MAX_SPEAKERS)
        if not known:
            return Score(None, unknown="the first turn of this speaker")
        return Score(clamp(drop), mood.n, "session", cited(turn, context.turn, "valence"))
