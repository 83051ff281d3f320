"""The weights of the mood models, ``models/mood.tsv``: words, pairs of words, and the marks that end a sentence."""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import NamedTuple

from monitor.annotate.grams import LANE, Gram, Lanes, by_word, packed

MODELS = ("glad", "dark", "moved", "displeased", "puzzled", "sad")
"""The columns of the table: joy, thanks, surprise ...; the contrary, with confusion; excited or surprised; annoyed,
disappointed or against; confused; sad or grieving."""
LANES = Lanes(len(MODELS))
OPENS, NUMBER, ASKS, CALLS = "<", "0", "?", "!"


Model = tuple[str, float, float]
"""A linear model's name, bias and step: ``bias + step * (sum of whole-number weights)``."""


class Table(NamedTuple):
    """All models over one vocabulary. A gram's number stands above its weights, so that no two grams are alike."""

    models: tuple[Model, ...]
    grams: Mapping[str, Gram]


@cache
def table() -> Table:
    """The table, packed."""
    text = resources.files("monitor.annotate").joinpath("models/mood.tsv").read_text(encoding="utf-8")
    models: dict[str, Model] = {}
    rows: list[tuple[str, int]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        gram, *values = line.split("\t")
        if gram == "#model":
            models[values[0]] = (values[0], float(values[1]), float(values[2]))
        elif not gram.startswith("#"):
            rows.append((gram, packed(map(int, values)) + (number << (len(MODELS) * LANE))))
    return Table(tuple([models[name] for name in MODELS]), by_word(rows))


def mood_of(word: str) -> Gram:
    """A word as the models know it; every figure that they do not know itself is alike."""
    known = table().grams
    gram = known.get(word)
    if gram is not None:
        return gram
    number = word[0].isdigit()
    name = NUMBER if number else word
    return known.get(name) or (name, 0, {})
