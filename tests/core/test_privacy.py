"""What a route hides leaves nowhere; what it does not hide stays as it is."""

import re

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict

from monitor.core.events import Escalation
from monitor.core.policy.model import RoutePolicy
from monitor.core.policy.schema import HIDEABLE
from monitor.core.privacy import shown
from monitor.core.vocabulary import EscalationStatus, Situation
from tests.core.fakes import POLICY, escalations, fold, make
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
    assert shown(escalation, {escalation.route: RoutePolicy()}) is escalation


@given(ESCALATIONS)
def test_shown_on_a_route_that_a_later_policy_does_not_know_hides_everything(escalation: Escalation) -> None:
    elsewhere = {escalation.route + "-other": RoutePolicy()}
    assert shown(escalation, elsewhere) == shown(escalation, {escalation.route: RoutePolicy(HIDEABLE)})


def test_update_on_another_capabilitys_turn_shows_what_its_own_capabilitys_route_allows() -> None:
    own = msgspec.structs.replace(POLICY.base, routes={**POLICY.base.routes, "restricted": RoutePolicy(HIDEABLE)})
    policy = msgspec.structs.replace(POLICY, capabilities={"bot/care": own})
    turns = [
        make(0, {"distress": 0.9}, capability="care"),
        make(1, {"distress": 0.9, "urgency": 0.9, "human_request": 0.9}, intent="leave"),
    ]
    state, sent = None, []
    for offset, turn in enumerate(turns):
        step = fold(state, turn, offset, policy=policy)
        state = step.state
        sent += [each for each in escalations(step.outputs) if each.situation is Situation.VULNERABLE_CONTEXT]
    assert [each.status for each in sent] == [EscalationStatus.RAISED, EscalationStatus.UPDATED]
    assert [each.hidden for each in sent] == [HIDEABLE, HIDEABLE]
    assert not any(each.handoff.turns for each in sent)
