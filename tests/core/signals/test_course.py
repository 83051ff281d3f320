"""The course of a session: plain stories and their near misses."""

import msgspec
import pytest

from monitor.core.annotation import Annotation
from monitor.core.signals.base import ANSWER_LENGTH
from monitor.core.signals.course import Loop
from tests.builders import ai, call, result, staff, story, told, user, value

WANTED = "refund broken kettle order"


def test_repeated_request_same_words_after_an_answer_fire_and_name_the_first() -> None:
    found = told("repeated_request", user(WANTED), ai("thanks patience"), user(f"still {WANTED}"))
    assert found.value is not None
    assert found.value >= 0.6
    assert found.evidence[0].turn == 0


def test_repeated_request_another_request_does_not_fire() -> None:
    assert value("repeated_request", user(WANTED), ai("done"), user("change delivery address order")) < 0.4


def test_repeated_request_unanswered_continuation_is_no_repetition() -> None:
    assert value("repeated_request", ai("hello"), user(WANTED), user(WANTED)) == 0.0


def test_repeated_request_short_reply_is_no_request() -> None:
    assert value("repeated_request", user("yes"), ai("sure"), user("yes")) == 0.0


def test_repeated_request_two_common_words_in_a_long_turn_do_not_fire() -> None:
    long = "order number stands letter came yesterday about delivery"
    assert value("repeated_request", user("order number"), ai("which one"), user(long)) < 0.5


def test_repeated_request_another_speaker_is_not_repeating() -> None:
    assert value("repeated_request", user(WANTED, speaker="a"), ai("done"), user(WANTED, speaker="b")) == 0.0


def test_repeated_request_after_staff_came_weighs_more() -> None:
    again = user("kettle order broken refund please today")
    before = value("repeated_request", user(WANTED), ai("one moment"), again)
    assert before < value("repeated_request", user(WANTED), staff("how can help"), again)


def test_repeated_request_discontent_weighs_more() -> None:
    first, later = user(WANTED), "kettle order broken refund please today"
    calm = value("repeated_request", first, ai("one moment"), user(later))
    assert calm < value("repeated_request", first, ai("one moment"), user(later, dissatisfaction=0.9))


def test_repeated_request_any_language_counts() -> None:
    words = "erstattung kessel bestellung"
    turns = (user(words, language="de"), ai(language=None), user(words, language="de"))
    assert value("repeated_request", *turns) == 1.0


def test_stuck_loop_third_equal_call_fires_and_second_does_not() -> None:
    turns = [user(), *(turn for _ in range(3) for turn in (call("search"), result("search")))]
    values = [score.value for score in story("stuck_loop", *turns)]
    assert values[1] == 0.0
    assert values[3] == pytest.approx(0.5)
    assert values[5] == pytest.approx(0.75)


def test_stuck_loop_names_the_step_before() -> None:
    assert told("stuck_loop", call("search"), result("search"), call("search")).evidence[0].turn == 0


def test_stuck_loop_different_arguments_or_a_new_request_do_not_fire() -> None:
    pages = [call("search", use={"arguments": {"page": page}}) for page in range(4)]
    assert value("stuck_loop", *pages) == 0.0
    assert value("stuck_loop", call("search"), call("search"), user("again please"), call("search")) == 0.0


def test_stuck_loop_tool_that_keeps_failing_fires_and_a_success_ends_it() -> None:
    steps = [{"arguments": {"step": step}} for step in range(4)]
    failing = [turn for use in steps for turn in (call("book", use=use), result("book", use={**use, "error": True}))]
    assert value("stuck_loop", *failing[:6]) >= 0.6
    assert value("stuck_loop", *failing[:4], call("book"), result("book"), *failing[6:]) == 0.0


def test_stuck_loop_same_answer_again_and_again_fires_across_user_turns() -> None:
    answer = "please restart router wait minutes"
    turns = [turn for _ in range(5) for turn in (ai(answer), user("did that"))]
    assert value("stuck_loop", *turns[:-1]) >= 0.75


def test_stuck_loop_answer_between_user_turns_proves_less_than_an_equal_call() -> None:
    answers = [turn for _ in range(4) for turn in (ai("please restart router wait minutes"), user("did that"))]
    assert value("stuck_loop", *answers[:-1]) < value("stuck_loop", *[call("search")] * 4)


def test_stuck_loop_equal_answers_of_a_terse_system_prove_less_and_a_longer_loop_still_fires() -> None:
    turns = [turn for _ in range(8) for turn in (ai("please restart router"), user("did that"))][:-1]
    by_length = [value("stuck_loop", *turns[:5], baselines={ANSWER_LENGTH: words}) for words in (2.0, 5.0, 8.0, 60.0)]
    assert by_length[0] < by_length[1] < by_length[2] == by_length[3] == value("stuck_loop", *turns[:5])
    assert value("stuck_loop", *turns, baselines={ANSWER_LENGTH: 0.0}) >= 0.8


def test_stuck_loop_equal_calls_prove_the_same_in_any_system() -> None:
    calls = [call("search")] * 3
    assert value("stuck_loop", *calls, baselines={ANSWER_LENGTH: 1.0}) == value("stuck_loop", *calls)


def test_stuck_loop_short_courtesies_are_no_loop() -> None:
    assert told("stuck_loop", *[ai("very welcome")] * 4).value is None


def attempts(*outcomes: int, error: bool = False) -> list[Annotation]:
    """The same call again and again, and what it came to each time."""
    use = {"arguments": {"id": 4}}
    return [
        each
        for outcome in outcomes
        for each in (call("look", use=use), result("look", use={**use, "outcome": outcome, "error": error}))
    ]


def test_stuck_loop_call_that_comes_to_something_else_each_time_gets_further() -> None:
    assert value("stuck_loop", *attempts(1, 2, 3, 4)[:-1]) < 0.7 <= value("stuck_loop", *attempts(1, 1, 1, 1)[:-1])


def test_stuck_loop_failing_otherwise_gets_further_only_if_something_worked_in_between() -> None:
    worked = [call("edit"), result("edit")]
    first, second, third = (attempts(number, error=True) for number in (1, 2, 3))
    assert value("stuck_loop", *first, *worked, *second, *worked, *third) < 0.7
    assert value("stuck_loop", *first, *second, *third) >= 0.7


def test_stuck_loop_failed_call_is_not_done_with_by_what_the_user_says() -> None:
    twice = attempts(1, 1, error=True)
    assert value("stuck_loop", *twice, user("and"), *twice[:-1]) >= 0.7
    assert value("stuck_loop", *attempts(1, 1), user("and"), *attempts(1, 1)[:-1]) < 0.7


def test_stuck_loop_answer_in_other_words_or_two_taking_turns_are_a_loop() -> None:
    reworded = [ai("sorry restart router please"), ai("router restart apologies"), ai("restart the router once")]
    assert value("stuck_loop", *[each for answer in reworded for each in (answer, user("did that"))][:-1]) >= 0.7
    turns = [ai("key at desk with slip"), user("and slip"), ai("slip comes along opening"), user("and key")]
    assert value("stuck_loop", *turns, *turns[:3]) >= 0.7


def test_stuck_loop_same_sentence_about_what_was_asked_each_time_is_no_loop() -> None:
    days = ("monday", "tuesday", "wednesday", "thursday", "friday")
    turns = [each for day in days for each in (user(day), ai(f"branch city {day} open morning evening"))]
    assert value("stuck_loop", *turns) == 0.0
    assert value("stuck_loop", *turns[:2] * 5) >= 0.7


def test_stuck_loop_states_stored_before_still_load() -> None:
    stored = msgspec.msgpack.encode({"answers": [(3, ("router", "restart"), "")], "calls": {7: (2, 1)}})
    loop = msgspec.msgpack.decode(stored, type=Loop)
    assert (loop.answers[0].terms, loop.answers[0].echo, loop.asked) == (("router", "restart"), (), ())


def test_stuck_loop_same_sentence_with_other_figures_is_no_loop() -> None:
    assert value("stuck_loop", *[ai(f"plan cost {price} month") for price in (10, 20, 30, 40)]) < 0.7
