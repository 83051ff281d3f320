"""One row of the evaluation as data: which signal, on which data, what is true there, and the bars it has to reach."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from monitor.evaluate.fold import Judged
from monitor.evaluate.truth import Truth

Stratum = Callable[[Judged], object]


class Unit(StrEnum):
    """What one case is, and how it is read off its turns.

    A session's score is its worst turn's, and it fires if one turn does. ``before_last``: as last known before the last
    turn, since what comes with the last turn helps nobody any more. ``pick``: one turn, right if the evidence names
    the earlier turn that the label names.
    """

    TURN = "turn"
    SESSION = "session"
    BEFORE_LAST = "before its last turn"
    PICK = "pick"


@dataclass(frozen=True, slots=True)
class Bar:
    """What a figure has to reach, and what is aimed at beyond; an aim below ``must`` says that less is better."""

    figure: str
    must: float
    aim: float

    @property
    def less_is_better(self) -> bool:
        """Whether the figure has to stay below."""
        return self.aim < self.must


RANKED = ("auc", "ap")
DECIDED = ("f1", "precision", "recall", "fires")
ALL = (*RANKED, *DECIDED)
FIRES = ("fires",)
BASELINES = ("always", "never", "length")


@dataclass(frozen=True, slots=True)
class Task:
    """One row.

    Attributes:
        signals: of several, a case's score is the highest, and it fires if one does.
        data: the data it is measured on; all of them must be there.
        what: a true case, in words.
        truth: None leaves a turn out.
        roles: whose turns count; all where empty.
        figures: names of ``figures.FIGURES``.
        stratum: for ``auc_within``: what two cases must share to be compared; None: a third of equal length.
        sign: -1 where a low value speaks for a true case.
        bound: fires above it, where the policy's own bound is not what is asked about.
        title: how the signals are called together.
    """

    signals: tuple[str, ...]
    data: tuple[str, ...]
    what: str
    truth: Truth
    unit: Unit = Unit.TURN
    roles: tuple[str, ...] = ()
    figures: tuple[str, ...] = ALL
    bars: tuple[Bar, ...] = ()
    baselines: tuple[str, ...] = BASELINES
    stratum: Stratum | None = None
    sign: float = 1.0
    bound: float | None = None
    title: str = ""

    @property
    def name(self) -> str:
        """How the row is called."""
        return self.title or self.signals[0]
