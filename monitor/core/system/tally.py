"""What people found when they looked: verdicts on whether calling them was right, and what their judgement changed."""

from msgspec import Struct

from monitor.core.vocabulary import Outcome, Verdict
from monitor.core.window import wilson

RIGHT = (Verdict.JUSTIFIED, Verdict.TOO_LATE)
"""A call that came too late was right all the same: a person was needed."""


class Tally(Struct, array_like=True):
    """Counts of people's answers, one field a word. ``meaning``: digest of the rule they are about, "" for a total."""

    justified: int = 0
    not_justified: int = 0
    too_late: int = 0
    changed: int = 0
    confirmed: int = 0
    no_effect: int = 0
    meaning: str = ""

    def add(self, verdict: Verdict, outcome: Outcome | None) -> None:
        """Count one answer."""
        for word in (verdict, outcome):
            if word is not None:
                setattr(self, word, self.count(word) + 1)

    def count(self, *words: Verdict | Outcome) -> int:
        """How many answers were one of these words."""
        return sum(getattr(self, word) for word in words)

    @property
    def verdicts(self) -> int:
        """Answers that say whether calling a person was right."""
        return self.count(*Verdict)

    @property
    def outcomes(self) -> int:
        """Answers that say what the person's judgement did."""
        return self.count(*Outcome)

    def precision(self) -> tuple[float, float, float]:
        """Share of the verdicts that found it right, with its 95 % Wilson interval: (share, low, high).

        >>> tuple(round(part, 3) for part in Tally(justified=1, not_justified=18, too_late=1).precision())
        (0.1, 0.028, 0.301)
        >>> Tally().precision()
        (0.0, 0.0, 1.0)
        """
        right, n = self.count(*RIGHT), self.verdicts
        return (right / n if n else 0.0, *wilson(right, n))
