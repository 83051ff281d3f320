"""What is usual for a system, all the way: learned in the system stage, told in the standing, obeyed by sessions."""

from collections.abc import Iterable, Iterator

from monitor.codec import binary, decode_event
from monitor.core.events import Standing
from monitor.core.signals.everyday import group_of
from monitor.core.words import fold
from tests.contracts.schemas import assert_valid
from tests.replay.talks import records, run, talk

OWN = (
    ("upgrade your seat today", "lounge entrance beside gate seven"),
    ("print boarding passes", "machines stand near security"),
    ("bring our dog", "pets travel below deck"),
    ("choose vegetarian meal", "kitchen needs two days notice"),
    ("change surname spelling", "passport scan suffices"),
)
"""What each of five customers wants, beside the words that everybody says."""
ASKED = "About the booking reference of my flight: I want to"
ANSWERED = "Regarding your flight and booking reference:"
LATER = (
    ("user", "About the booking reference of my flight."),
    ("assistant", f"{ANSWERED} which one?"),
    ("user", "The booking reference of my flight, with lounge access."),
)


def customers(count: int) -> Iterator[bytes]:
    """Talks of one system in which every turn says *booking reference flight*."""
    for number in range(count):
        asked, answered = OWN[number % len(OWN)]
        said = (("user", f"{ASKED} {asked}."), ("assistant", f"{ANSWERED} {answered}."))
        yield from talk(f"s{number}", said, latency_ms=2000.0)


def fired(lines: Iterable[bytes], session: str = "last") -> set[str]:
    seen = [turn.observation for turn in run(records(list(lines))) if turn.observation]
    return {reading.signal for each in seen if each.session_id == session for reading in each.readings}


def test_words_that_every_turn_says_make_no_repetition_where_the_system_was_learned() -> None:
    assert "repeated_request" in fired(talk("last", LATER))
    assert "repeated_request" not in fired([*customers(200), *talk("last", LATER)])


def test_standing_tells_everyday_words_answer_length_and_latency_and_keeps_the_contract() -> None:
    turns = run(records(list(customers(250))))
    told = [each for turn in turns for each in turn.outputs if isinstance(each.data, Standing)]
    for each in told:
        assert_valid(each)
        assert decode_event(*binary(each)) == each
    last = told[-1].data
    assert isinstance(last, Standing)
    assert all(last.everyday[str(group_of(fold(word)))] < 0.1 for word in ("flight", "booking", "reference"))
    assert last.everyday.get(str(group_of(fold("vegetarian"))), 1.0) > 0.7
    assert last.baselines["answer_latency_ms"] == 2000.0
    assert 6 < last.baselines["answer_length"] < 14
    assert len(told) < 8


def test_observations_carry_groups_of_what_the_user_and_the_ai_say() -> None:
    seen = [turn.observation for turn in run(records(talk("s", LATER))) if turn.observation]
    assert all(group_of("flight") in each.groups for each in seen)


def test_terse_system_repeats_its_short_answers_without_being_stuck() -> None:
    again = [each for _ in range(4) for each in (("user", "and the next one"), ("assistant", "Parcel left our depot."))]
    short = [line for number in range(220) for line in talk(f"s{number}", (("assistant", f"Number {number} noted."),))]
    assert "stuck_loop" in fired(talk("last", again))
    assert "stuck_loop" not in fired([*short, *talk("last", again)])
