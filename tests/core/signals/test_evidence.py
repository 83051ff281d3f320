"""Evidence quality: plain stories and their near misses."""

import pytest

from monitor.core.annotation import Claim
from tests.builders import ai, claim, told, user, value

SUPPORTED = claim("museum opens monday", "9:00", support=0.95, conflict=0.0, source=0)
INVENTED = claim("museum sells boats", support=0.1, conflict=0.0, source=0)


def test_unsupported_claim_invented_statement_fires_and_names_it() -> None:
    found = told("unsupported_claim", ai(claims=(SUPPORTED, INVENTED), sources=1))
    assert found.value == pytest.approx(0.9)
    assert found.evidence[0].score == 0.1
    assert found.n == 2


def test_unsupported_claim_carried_answer_does_not_fire() -> None:
    assert value("unsupported_claim", ai(claims=(SUPPORTED,), sources=1)) < 0.1


def test_unsupported_claim_one_odd_sentence_in_a_long_answer_is_averaged() -> None:
    assert value("unsupported_claim", ai(claims=(SUPPORTED,) * 8 + (INVENTED,), sources=1)) < 0.5


def test_unsupported_claim_hedged_statement_counts_less() -> None:
    hedged = claim("museum sells boats", support=0.0, hedged=True)
    assert value("unsupported_claim", ai(claims=(hedged,), sources=1)) == 0.6


@pytest.mark.parametrize("turn", [ai(claims=(claim("museum opens"),)), ai(sources=1), user(sources=1)])
def test_unsupported_claim_without_sources_or_claims_is_unknown(turn: object) -> None:
    assert told("unsupported_claim", turn).value is None  # type: ignore[arg-type]


def test_unsupported_claim_small_talk_beside_sources_is_not_judged() -> None:
    assert told("unsupported_claim", ai(claims=(claim("okay", support=0.0),), sources=1)).value is None


@pytest.mark.parametrize("claims", [(SUPPORTED,), ()])
def test_unsupported_claim_talk_around_carried_statements_stays_below_the_shipped_bound(
    claims: tuple[Claim, ...],
) -> None:
    assert 0.6 < value("unsupported_claim", ai(claims=claims, sources=1, support=0.0)) < 0.65


def test_unsupported_claim_answer_carried_as_a_whole_does_not_fire() -> None:
    assert value("unsupported_claim", ai(claims=(INVENTED,), sources=1, support=0.9)) == pytest.approx(0.1)


def test_sources_conflict_flat_answer_weighs_more_than_one_that_says_so() -> None:
    one_side = claim("museum opens monday", "9:00", support=0.9, conflict=0.8, source=1)
    flat = value("sources_conflict", ai(sources=2, source_conflict=0.7, claims=(one_side,)))
    open_about_it = value("sources_conflict", ai(sources=2, source_conflict=0.7, hedging=1.0))
    assert open_about_it < 0.6
    assert flat > 0.7


def test_sources_conflict_agreeing_sources_do_not_fire() -> None:
    assert value("sources_conflict", ai(sources=2, source_conflict=0.0, claims=(SUPPORTED,))) == 0.0


def test_sources_conflict_one_source_is_unknown() -> None:
    assert told("sources_conflict", ai(sources=1)).value is None
