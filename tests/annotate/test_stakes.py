"""What a turn can cost, from words, intents and tool names; and the language guess they rest on."""

import pytest

from monitor.annotate.amounts import amounts_of
from monitor.annotate.language import language_of
from monitor.annotate.phrases import rows
from monitor.annotate.stakes import detected, stakes_of
from monitor.annotate.tokens import tokenise
from monitor.core.vocabulary import Stake

SAID = {
    Stake.MONEY: "Please refund the payment",
    Stake.HEALTH: "The doctor changed my medication",
    Stake.ELIGIBILITY: "Am I eligible for the benefit?",
    Stake.ACCESS: "I am locked out, reset my password",
    Stake.IDENTITY: "Here is my passport",
    Stake.COMMITMENT: "I want to end the contract",
    Stake.PRIVACY: "You shared my personal data",
    Stake.SAFETY: "There is a gas leak",
    Stake.LEGAL: "I will ask my lawyer",
    Stake.REPUTATION: "We publish the press release",
}


@pytest.mark.parametrize("stake", list(Stake))
def test_detected_plain_words_name_the_stake(stake: Stake) -> None:
    assert stake in detected(stakes_of(tokenise(SAID[stake])))


@pytest.mark.parametrize("text", ["", "What is the weather like?", "My favourite colour is green."])
def test_detected_small_talk_names_none(text: str) -> None:
    assert detected(stakes_of(tokenise(text))) == ()


@pytest.mark.parametrize("tool", ["issue_refund", "issueRefund", "payments.refund", "REFUND"])
def test_detected_tool_name_in_any_spelling_counts(tool: str) -> None:
    assert Stake.MONEY in detected({}, tool=tool)


def test_detected_intent_counts() -> None:
    assert Stake.COMMITMENT in detected({}, intent="cancel_subscription")


def test_stakes_table_names_every_stake_and_no_other() -> None:
    assert {row[0] for row in rows("stakes")} == {stake.value for stake in Stake}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Where is my order?", "en"),
        ("refund", "en"),
        ("Wo ist meine Bestellung?", "de"),
        ("Je ne comprends pas la réponse", "fr"),
        ("No entiendo la respuesta, pero gracias", "es"),
        ("Где мой заказ?", "ru"),
        ("注文はどこですか", "ja"),
        ("", None),
        ("żółć", None),
    ],
)
def test_language_of_text_is_guessed(text: str, language: str | None) -> None:
    assert language_of(tokenise(text)) == language


@pytest.mark.parametrize(
    "text", ["I am in charge of 12,000 people.", "Our wireless reaches 1,200 homes.", "Send 20 letters"]
)
def test_amounts_are_no_counts_of_something_else(text: str) -> None:
    assert amounts_of(text) == ()


def test_amounts_without_a_currency_are_read_where_money_is_moved() -> None:
    assert amounts_of("Transfer it now, all 12,000 please.") == (12_000.0,)
    assert amounts_of("Refund 1500 to my card.") == (1_500.0,)
