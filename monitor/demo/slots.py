"""Names, places and numbers for the screenplay: one choice a session, so that its turns speak of the same things."""

import re
from random import Random
from typing import Any

WORDS = {
    "name": [
        "Amara",
        "Jonas",
        "Mei",
        "Tomasz",
        "Leila",
        "Hugo",
        "Priya",
        "Oskar",
        "Nadia",
        "Felix",
        "Ines",
        "Kofi",
        "Greta",
        "Samir",
        "Lucia",
        "Anton",
    ],
    "surname": ["Berg", "Novak", "Adeyemi", "Rossi", "Haddad", "Lindqvist", "Tanaka", "Moreau", "Silva", "Kaya"],
    "city": [
        "Lisbon",
        "Oslo",
        "Vienna",
        "Porto",
        "Dublin",
        "Krakow",
        "Athens",
        "Turin",
        "Bergen",
        "Valencia",
        "Riga",
        "Ghent",
    ],
    "day": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
    "time": ["8:30", "9:15", "10:45", "13:30", "14:15", "16:00"],
    "product": [
        "jacket",
        "lamp",
        "rucksack",
        "kettle",
        "headset",
        "raincoat",
        "desk chair",
        "coffee grinder",
        "bicycle helmet",
    ],
    "carrier": ["Nordpost", "Swiftbox", "Paketo", "Wheelers"],
    "tool": ["wiki", "ticket system", "time sheet", "design tool", "test server"],
    "shady": ["fast-invoices.example", "mail-audit.example", "secure-docs.example"],
    "gate": ["A4", "B12", "B27", "C9", "D31"],
    "seat": ["7C", "12D", "18C", "21D", "24C"],
}
NUMBERS = {
    "order": (20_000, 99_999, 1),
    "amount": (19, 240, 1),
    "loan": (3_000, 40_000, 500),
    "kwh": (1_800, 4_600, 100),
    "floor": (2, 9, 1),
    "airline_number": (110, 989, 1),
}
"""Slot -> lowest, highest, step."""
_SLOT = re.compile(r"\{([^{}]*)\}")


def drawn(random: Random) -> dict[str, str]:
    """One value for every slot."""
    slots = {name: random.choice(words) for name, words in WORDS.items()}
    slots |= {name: str(random.randrange(low, high + 1, step)) for name, (low, high, step) in NUMBERS.items()}
    return slots | {"flight": "OV" + slots["airline_number"]}


def filled(value: Any, slots: dict[str, str], random: Random) -> Any:  # noqa: ANN401 - any JSON
    """The value with every slot in its texts filled and every choice made.

    >>> filled({"to": ["{city}", 7]}, {"city": "Oslo"}, Random(1))
    {'to': ['Oslo', 7]}
    >>> filled("{On {day}|In {city}}.", {"day": "Monday", "city": "Oslo"}, Random(1))
    'On Monday.'
    """
    if isinstance(value, str):
        while _SLOT.search(value):  # the innermost first: a choice may hold slots
            value = _SLOT.sub(lambda found: _chosen(found[1], slots, random), value)
        return value
    if isinstance(value, dict):
        return {key: filled(item, slots, random) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, slots, random) for item in value]
    return value


def _chosen(slot: str, slots: dict[str, str], random: Random) -> str:
    options = slot.split("|")
    return slots[slot] if len(options) == 1 else random.choice(options)
