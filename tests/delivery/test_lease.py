"""The lease: what the group acknowledged renews it, and nothing else does."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.delivery.lease import SHARE, Lease
from monitor.delivery.rules import ALL_RULES, Rule

TIMEOUT = 30.0
times = st.lists(st.floats(0, 200), min_size=1, max_size=20).map(sorted)


def held(at: float = 0.0, rules: frozenset[Rule] = ALL_RULES) -> Lease:
    lease = Lease(session_timeout=TIMEOUT, now=at, rules=rules)
    lease.renew(at)
    return lease


@given(renewals=times, later=st.floats(0, 100))
def test_lease_expires_two_thirds_after_the_last_renewal_was_sent(renewals: list[float], later: float) -> None:
    lease = held()
    for sent_at in renewals:
        lease.renew(sent_at)
    now = renewals[-1] + later
    assert (lease.expired(now) is not None) == (now - renewals[-1] > SHARE * TIMEOUT)


def test_lease_of_a_running_loop_that_the_group_does_not_hear_expires() -> None:
    lease = held()
    reasons = [lease.beat(float(second)) for second in range(22)]
    assert reasons[20] is None
    assert reasons[21] == "the group has not heard this process for 21.0 s of a 30.0 s session timeout"


def test_lease_renewed_by_an_answer_from_before_the_freeze_stays_lost() -> None:
    lease = held()
    lease.renew(1.0)  # sent before the freeze, its answer read after it
    assert lease.expired(40.0) is not None


def test_lease_once_seen_lost_stays_lost() -> None:
    lease = held()
    reason = lease.expired(25.0)
    lease.renew(26.0)
    assert reason is not None
    assert lease.expired(26.0) == reason


def test_lease_answers_out_of_order_do_not_shorten_it() -> None:
    lease = held()
    lease.renew(10.0)
    lease.renew(5.0)
    assert lease.expired(29.0) is None


def test_lease_without_partitions_has_nothing_to_lose() -> None:
    lease = Lease(session_timeout=TIMEOUT, now=0.0)
    assert lease.expired(1000.0) is None
    lease.renew(1000.0)
    lease.release()
    assert lease.expired(2000.0) is None
    lease.renew(2000.0)
    assert lease.expired(2030.0) is not None


def test_lease_without_its_rules_shows_what_they_prevent() -> None:
    assert held(rules=ALL_RULES - {Rule.LEASE}).expired(1000.0) is None
    by_the_loop = held(rules=ALL_RULES - {Rule.HEARD})
    assert all(by_the_loop.beat(float(second)) is None for second in range(100))
