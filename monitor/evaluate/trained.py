"""Signals that carry a model trained on some of the very data they are measured on here.

On such data a figure says how well the model remembers, not how well it does on what it has not seen: the table marks
it, and names the command that prints the cross-validated figure, in which no line was judged by a model that saw its
session. A row is marked when one of its signals and one of its data stand here; that the file at hand is the very one
the model saw, a row cannot know.
"""

from collections.abc import Mapping

_MOOD = "python -m training.mood ../shared/data --check"
_SUPPORT = "python -m training.support ../shared/data"
_CONTRADICTION = "python -m training.contradiction ../shared/data"
_SAID = "python -m training.said --check"
_BY_SAID = ("dispute", "distress", "urgency", "beyond_policy", "unauthorised_promise", "publish_without_review")
"""Signals measured here whose sentence models took plain turns of data as examples of not saying it."""
_PLAIN = ("tau_airline", "agentdojo")
IN_SAMPLE: Mapping[tuple[str, str], str] = {
    **{(signal, data): _SAID for signal in _BY_SAID for data in _PLAIN},
    ("confusion", "goemotions"): _MOOD,
    ("dissatisfaction", "goemotions"): _MOOD,
    ("session_risk", "betold"): "python -m training.course ../shared/data --check",
    ("unsupported_claim", "begin"): _SUPPORT,
    ("unsupported_claim", "factcheck_gpt"): _SUPPORT,
    ("self_contradiction", "chatprotect"): _CONTRADICTION,
    ("self_contradiction", "chatprotect_shuffled"): _CONTRADICTION,
    ("self_contradiction", "tau_airline"): _CONTRADICTION,
}
"""(signal, data) -> ``python -m training...``, the command that prints the cross-validated figure."""

_VALENCE = (
    "nine weights of the valence (annotate/mood.py) were set by hand on the tuned half of this data: the heldout "
    "column is the figure"
)
SET_BY_HAND: Mapping[tuple[str, str], str] = {("sentiment", "meld"): _VALENCE, ("sentiment_shift", "meld"): _VALENCE}
"""(signal, data) -> what was set by hand while one half of the data was looked at, and is in no training script."""


def set_by_hand(signals: tuple[str, ...], data: tuple[str, ...]) -> tuple[str, ...]:
    """What of this row was set by hand on one half of its data; nothing, as a rule."""
    found = (SET_BY_HAND.get((signal, each)) for signal in signals for each in data)
    return tuple(dict.fromkeys(note for note in found if note is not None))


def trained_by(signals: tuple[str, ...], data: tuple[str, ...]) -> tuple[str, ...]:
    """The commands whose figures hold where those of this row do not; none where the row is out of sample."""
    found = (IN_SAMPLE.get((signal, each)) for signal in signals for each in data)
    return tuple(dict.fromkeys(command for command in found if command is not None))
