"""The lease: a process that the group may have replaced must not write any more (DESIGN.md 6.6).

The group gives our partitions away one session timeout after the last heartbeat it received. So the lease runs for two
thirds of that from the moment the last *acknowledged* heartbeat was sent. That covers a process that stood still and
one that runs but is cut off from the group's coordinator; what was sent before the lease ran out has a third of the
session timeout to land. The time of sending counts, so nothing that runs first after a freeze can hide the gap.
"""

from monitor.delivery.rules import ALL_RULES, Rule

SHARE = 2 / 3


class Lease:
    """Monotonic seconds in, an answer out. While no partition is held there is nothing to lose, and no lease.

    >>> lease = Lease(session_timeout=30.0, now=0.0)
    >>> lease.renew(5.0)
    >>> lease.expired(12.0), lease.expired(26.0)
    (None, 'the group has not heard this process for 21.0 s of a 30.0 s session timeout')
    """

    def __init__(self, *, session_timeout: float, now: float, rules: frozenset[Rule] = ALL_RULES) -> None:
        self._timeout = session_timeout
        self._renewed = now
        self._held = False
        self._reason: str | None = None
        self._rules = rules

    def renew(self, sent_at: float) -> None:
        """The group acknowledged a heartbeat, or handed over an assignment, that was asked for at ``sent_at``."""
        self._held = True
        if Rule.HEARD in self._rules:
            self._renewed = max(self._renewed, sent_at)

    def release(self) -> None:
        """Every partition was given back: nothing is held until the next :meth:`renew`."""
        self._held = False

    def beat(self, now: float) -> str | None:
        """The event loop runs. Answers why the lease is lost, or None; it renews nothing."""
        reason = self.expired(now)
        if Rule.HEARD not in self._rules:
            self._renewed = now
        return reason

    def expired(self, now: float) -> str | None:
        """Why nothing may be sent or written any more, or None. Once lost, lost for good."""
        if Rule.LEASE not in self._rules:
            return None
        gap = now - self._renewed
        if self._held and self._reason is None and gap > SHARE * self._timeout:
            self._reason = (
                f"the group has not heard this process for {gap:.1f} s of a {self._timeout:.1f} s session timeout"
            )
        return self._reason
