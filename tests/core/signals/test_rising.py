"""Stakes that grow: what the user tells, what the AI does, and what is only told in another voice."""

from typing import Any

from monitor.core.annotation import Annotation
from monitor.core.signals.rising import FELT
from monitor.core.vocabulary import Delivery, Stake
from tests.builders import ai, call, user, value

NAME = "stakes_rising"
HEALTH = {"stakes": (Stake.HEALTH,)}


def test_rising_graver_matter_of_the_users_own_fires_and_one_in_another_voice_does_not() -> None:
    assert value(NAME, user("film tonight"), ai(), user("chest hurts", **HEALTH)) >= 0.7
    assert value(NAME, user("film tonight"), ai(), user("story where patient dies", voiced=0.8, **HEALTH)) == 0.0


def test_rising_distress_and_lost_control_raise_stakes_without_a_word_for_them() -> None:
    for fact, _ in FELT:
        assert value(NAME, user("film tonight"), ai(), user("cannot go on", **{fact: 0.9})) >= 0.7
        assert value(NAME, user("film tonight"), ai(), user("cannot go on", **{fact: 0.5})) == 0.0


def test_rising_what_the_ai_ends_or_takes_away_raises_stakes_once_delivered() -> None:
    talk = (user("film tonight"), ai(), user("and tomorrow"))
    assert value(NAME, *talk, ai("card closed", consequence=0.9)) >= 0.7
    draft = ai("card closed", consequence=0.9, delivery=Delivery.DRAFT)
    assert value(NAME, *talk, user("so"), draft, user("so")) == 0.0


def test_rising_value_of_a_lamp_is_no_sum_and_that_of_an_order_is() -> None:
    def turned(value: float, **given: Any) -> Annotation:  # noqa: ANN401 - any field
        return call("set", use={"arguments": {"value": value}}, **given)

    money = {"stakes": (Stake.MONEY,)}
    assert value(NAME, user("lamp"), turned(10.0), user("more"), turned(80.0)) == 0.0
    assert value(NAME, user("shares", **money), turned(10.0, **money), user("more"), turned(80.0, **money)) >= 0.7
