"""The course of a session: asking again and going in circles. Words and signatures only, so any language will do."""

from operator import attrgetter
from typing import ClassVar

from msgspec import Struct

from monitor.core.annotation import Annotation, ToolUse
from monitor.core.events import Evidence
from monitor.core.signals.base import ANSWER_LENGTH, NOT_JUDGED, Context, Score
from monitor.core.signals.combine import keep_last, keep_newest, noisy_or, parameter, repeated
from monitor.core.signals.cue import cited, level_or_zero
from monitor.core.signals.everyday import Weights, alike, count_of
from monitor.core.signals.matter import CLOSE, SAME, likeness, matter_of
from monitor.core.vocabulary import Role

MAX_REQUESTS = 32
"""User turns remembered."""
MAX_TERMS = 24
"""Words kept per user turn."""
MIN_TERMS = 2
"""A turn of fewer words ("yes please") asks for nothing of its own."""
SURE_TERMS = 3
"""Shared words from which on a likeness counts in full: two common words meet by chance in any talk."""
MAX_SIGNATURES = 64
MAX_ANSWERS = 8
"""Answers looked back on: a loop shows within a few turns."""
ASKED = 0.9
"""How plainly an answer must ask something to be a question."""


class Request(Struct, frozen=True, array_like=True):
    """A user turn as it is remembered. ``speaker``: only one's own words are repeated."""

    turn: int
    terms: tuple[str, ...]
    speaker: str = ""


class Requests(Struct):
    """User turns in order. ``answered``: the last turn of another role. ``staffed``: the first turn of staff."""

    asked: list[Request] = []
    answered: int | None = None
    staffed: int | None = None


class RepeatedRequest:
    """The user asks for the same again after an answer: likeness to the nearest earlier turn of the same speaker.

    Discontent, and a person who has joined meanwhile, lift it: then the hand-over did not carry it along. Words that
    the system's turns use all the time (the standing's ``everyday``) make two requests less alike than others.
    """

    name = "repeated_request"
    State: type[Struct] = Requests
    lift = 0.3
    """What discontent or a person's presence adds at most."""
    told = 0.9
    """What it counts that the user says to have asked before, whatever the words of it were."""

    def update(self, state: Requests, turn: Annotation, context: Context) -> Score:
        """Compare a user turn with those before the last answer, then remember it."""
        if turn.role is not Role.USER:
            state.answered = context.turn
            if turn.role is Role.STAFF and state.staffed is None:
                state.staffed = context.turn
            return NOT_JUDGED
        if not turn.terms:
            return NOT_JUDGED
        now = Request(context.turn, turn.terms[:MAX_TERMS], turn.speaker or "")
        score = self._judge(state, now, turn, context)
        if len(now.terms) >= MIN_TERMS:
            state.asked.append(now)
            keep_last(state.asked, MAX_REQUESTS)
        return score

    def _judge(self, state: Requests, now: Request, turn: Annotation, context: Context) -> Score:
        nearest, likest, words = None, 0.0, set(now.terms)
        before = state.answered or 0
        for earlier in state.asked:
            if earlier.speaker != now.speaker or earlier.turn >= before:
                continue
            if len(words.intersection(earlier.terms)) >= MIN_TERMS:
                found = _alike(now.terms, earlier.terms, context.everyday)
                if found > likest:
                    nearest, likest = earlier, found
        answered = state.answered is not None
        said = max(level_or_zero(turn, "asks_again"), level_or_zero(turn, "repeated")) if answered else 0.0
        if nearest is None or likest < said * parameter(context, self, "told"):
            value = said * parameter(context, self, "told")
            return Score(value, evidence=cited(turn, context.turn, "asks_again", "repeated") if value else ())
        after_staff = state.staffed is not None and nearest.turn < state.staffed
        unhappy = max(level_or_zero(turn, name) for name in ("dissatisfaction", "dispute", "confusion"))
        lift = parameter(context, self, "lift") * max(unhappy, float(after_staff)) * likest
        return Score(noisy_or(likest, lift), 2, "session", (Evidence(nearest.turn, cue="request", score=likest),))


def _alike(one: tuple[str, ...], other: tuple[str, ...], everyday: Weights) -> float:
    """Likeness of two requests; what few shared words say is discounted, the more so where they are everyday ones.

    >>> round(_alike(("refund", "order"), ("refund", "order"), {}), 2), _alike(("refund",), ("refund", "order"), {})
    (0.67, 0.0)
    """
    shared = set(one) & set(other)
    if len(shared) < MIN_TERMS:
        return 0.0
    return alike(one, other, everyday) * min(1.0, count_of(sorted(shared), everyday) / SURE_TERMS)


class Step(Struct, array_like=True):
    """How often a step was taken without getting further, when last, and what came of it then (0: not known yet)."""

    count: int = 0
    turn: int = 0
    outcome: int = 0
    failed: bool = False


class Answer(Request, frozen=True, array_like=True):
    """An answer; ``echo``: those of its words that the user had just said."""

    echo: tuple[str, ...] = ()


class Loop(Struct):
    """Steps since the user last spoke (``calls`` by signature, ``failures`` by tool) and the last answers.

    ``worked``: the last turn whose call came out well. ``stale``: answers in a row, up to the last one, that said
    nothing new. ``asked``: words of the user's last turn.
    """

    calls: dict[int, Step] = {}
    failures: dict[str, Step] = {}
    answers: list[Answer] = []
    worked: int = -1
    stale: int = 0
    asked: tuple[str, ...] = ()


class StuckLoop:
    """The same step again without getting further: an equal call, one tool failing in a row, an answer already given.

    A call that comes to something else than before got further. Calls are counted until the user speaks, for a user may
    well ask to look again; one that failed is not done with by that. A tool that fails with other arguments fails all
    the same, unless another call came out well in between and it fails otherwise now. The second equal step is chance,
    the third is a pattern.

    An answer is the same where it is about just the same (matter.py), in whatever words; two that take turns are as
    good as one. Two that differ in what the user asked for each time ("open on Monday", "open on Tuesday") are not the
    same. It may be due again where the user spoke in between, so it proves less; still less where the system's answers
    are short on the whole (the standing's ``answer_length``), for they are of a few words, and those come again.
    """

    name = "stuck_loop"
    roles = (Role.USER, Role.ASSISTANT)
    tool_roles = (Role.TOOL,)
    State: type[Struct] = Loop
    chance = 0.5
    """How likely one more equal step is mere chance: the n-th scores 1 - chance ** (n - 1)."""
    due = 0.54
    """The same of an answer."""
    terse = 8.0
    """Words of an answer on the whole, below which a system is terse."""
    due_terse = 0.75
    """What ``due`` becomes as answers are shorter, at most: a loop of them still shows, after some more."""
    ranges: ClassVar = {"terse": (0.0, 1000.0)}

    def update(self, state: Loop, turn: Annotation, context: Context) -> Score:
        """Count the turn's steps; the most repeated one makes the score."""
        tool = context.entry.begun
        if turn.role is Role.USER:
            state.calls = {key: step for key, step in state.calls.items() if step.failed}
            state.failures.clear()
            state.asked = turn.terms[:MAX_TERMS]
        if turn.role not in {Role.ASSISTANT, Role.TOOL}:
            return NOT_JUDGED
        chance = parameter(context, self, "chance")
        scores = []
        if tool is not None:
            scores.append(_scored(_begin(state.calls, tool.signature, context.turn), chance))
        if turn.role is Role.TOOL and turn.tool is not None:
            _end(state, turn.tool, context)
            scores.append(_scored(_fail(state, turn.tool, context.turn), chance))
        if turn.role is Role.ASSISTANT and turn.terms:
            matter = matter_of(turn.terms, asks=level_or_zero(turn, "question") >= ASKED)
            if matter:
                scores.append(_scored(_answer(state, matter, context.turn), self._due(context)))
        return max(scores, key=attrgetter("value"), default=NOT_JUDGED)

    def _due(self, context: Context) -> float:
        """How likely one more equal answer is chance in this system."""
        due = parameter(context, self, "due")
        terse, usual = parameter(context, self, "terse"), context.baselines.get(ANSWER_LENGTH)
        if usual is None or usual >= terse:
            return due
        most = max(due, parameter(context, self, "due_terse"))
        return due + (most - due) * (1.0 - usual / terse)


def _scored(step: tuple[int, int], chance: float) -> Score:
    count, before = step
    if count <= 1:
        return Score(0.0)
    return Score(1.0 - repeated(chance, count - 1), count, "session", (Evidence(before, cue="same_step"),))


def _begin(steps: dict[int, Step], key: int, turn: int) -> tuple[int, int]:
    """Count a step; how often by now, and the turn before this one that took it."""
    step = steps.pop(key, None) or Step(0, turn)
    steps[key] = Step(step.count + 1, turn, step.outcome, step.failed)
    keep_newest(steps, MAX_SIGNATURES)
    return step.count + 1, step.turn


def _end(state: Loop, tool: ToolUse, context: Context) -> None:
    """Note what a call came to; something else than before is getting further."""
    call = context.entry.ended
    step = state.calls.get(tool.signature if call is None else call.signature)
    if step is not None and tool.outcome:
        if step.outcome and step.outcome != tool.outcome:
            step.count = 1
        step.outcome, step.failed = tool.outcome, tool.error
    if not tool.error:
        state.worked = context.turn


def _fail(state: Loop, tool: ToolUse, turn: int) -> tuple[int, int]:
    """Count a tool's failures in a row; a success ends the row, and so does another failure after other work."""
    step = state.failures.pop(tool.name, None) or Step(0, turn)
    if not tool.error:
        return 0, turn
    count = step.count + 1 if step.turn > state.worked or step.outcome == tool.outcome else 1
    state.failures[tool.name] = Step(count, turn, tool.outcome, failed=True)
    keep_newest(state.failures, MAX_SIGNATURES)
    return count, step.turn


def _answer(state: Loop, words: tuple[str, ...], turn: int) -> tuple[int, int]:
    """How often an answer was given by now, or how many in a row said nothing new, and the turn of the one before."""
    matter = frozenset(words)
    echo = matter.intersection(state.asked)
    likes = {
        earlier.turn: likeness(matter, frozenset(earlier.terms))
        for earlier in state.answers
        if echo.issubset(earlier.terms) or matter.issuperset(earlier.echo)
    }
    alike = [earlier for earlier, like in likes.items() if like >= CLOSE]
    state.stale = state.stale + 1 if alike else 0
    state.answers.append(Answer(turn, words, echo=tuple([word for word in words if word in echo])))
    keep_last(state.answers, MAX_ANSWERS)
    equal = sum(like >= SAME for like in likes.values())
    return max(equal, state.stale) + 1, max(alike, default=turn)
