"""What a route hides leaves nowhere; what it does not hide stays as it is."""

import re

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict

from monitor.core.events import Escalation
from monitor.core.policy import RoutePolicy
from monitor.core.policy_schema import HIDEABLE
from monitor.core.privacy import shown
from tests.events import values_of

DIGIT = re.compile(r"\d")
ESCALATIONS: st.SearchStrategy[Escalation] = values_of(Escalation)


@given(ESCALATIONS, st.lists(st.sampled_from(HIDEABLE), unique=True).map(tuple))
def test_shown_hides_exactly_what_the_route_hides(escalation: Escalation, hides: tuple[str, ...]) -> None:
    found = shown(escalation, {escalation.route: RoutePolicy(hides)})
    for part in ("intents", "tools", "amounts", "open_questions"):
        assert getattr(found.handoff, part) == (() if part in hides else getattr(escalation.handoff, part))
    if "evidence" in hides:
        assert found.handoff.turns == ()
        assert not any(reason.evidence for reason in found.reasons)
    if "amounts" in hides:
        assert not any(DIGIT.search(reason.text) for reason in found.reasons if reason.unless)
    if not {"evidence", "amounts"} & set(hides):
        assert found.reasons == escalation.reasons
    assert found.hidden == (hides or escalation.hidden)


@given(ESCALATIONS, st.lists(st.sampled_from(HIDEABLE), unique=True).map(tuple))
def test_shown_changes_nothing_but_package_reasons_and_hidden(escalation: Escalation, hides: tuple[str, ...]) -> None:
    found, before = asdict(shown(escalation, {escalation.route: RoutePolicy(hides)})), asdict(escalation)
    for name in ("handoff", "reasons", "hidden"):
        del found[name], before[name]
    assert found == before


@given(ESCALATIONS)
def test_shown_on_a_route_without_rules_is_the_escalation_itself(escalation: Escalation) -> None:
    elsewhere = {escalation.route + "-other": RoutePolicy(HIDEABLE)}
    assert shown(escalation, elsewhere) is escalation
    assert shown(escalation, {escalation.route: RoutePolicy()}) is escalation
