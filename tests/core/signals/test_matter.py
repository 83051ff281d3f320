"""What an answer is about once its courtesy is left aside."""

from monitor.core.signals.matter import CLOSE, SAME, likeness, matter_of


def test_courtesy_is_no_matter() -> None:
    assert matter_of(("sorri", "inconvenienc", "restart", "router"), asks=False) == ("restart", "router")


def test_an_answer_of_courtesy_alone_is_compared_whole_if_it_is_long_enough() -> None:
    assert matter_of(("sorri", "understand", "rephras"), asks=False) == ("sorri", "understand", "rephras")
    assert matter_of(("welcom", "glad"), asks=False) == ()


def test_one_word_is_enough_of_a_question_only() -> None:
    assert matter_of(("name",), asks=True) == ("name",)
    assert matter_of(("done",), asks=False) == ()


def test_other_figures_are_another_answer() -> None:
    words = frozenset(("cost", "month", "plan"))
    assert likeness(words | {"10"}, words | {"20"}) == 0.0
    assert likeness(words | {"10"}, words | {"10"}) >= SAME


def test_a_briefer_telling_is_the_same_but_a_part_of_a_long_one_is_not() -> None:
    brief = frozenset(("contract", "app"))
    assert likeness(brief, frozenset(("contract", "app", "cancel"))) >= CLOSE
    assert likeness(brief, frozenset(("contract", "app", "cancel", "month", "letter"))) < CLOSE


def test_one_shared_word_is_no_likeness() -> None:
    assert likeness(frozenset(("router", "cable")), frozenset(("router", "light"))) == 0.0
