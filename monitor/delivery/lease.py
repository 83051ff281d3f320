"""The lease: a process that stood still may have been replaced, and must not write any more (DESIGN.md 6.6).

The event loop beats; a gap between two beats longer than two thirds of the group's session timeout means that the
group may have given our partitions away. The gap is judged at the beat itself too: after a freeze the beat may be the
first thing to run, and must not hide it.
"""

from monitor.delivery.rules import ALL_RULES, Rule

SHARE = 2 / 3


class Lease:
    """Monotonic seconds in, an answer out.

    >>> lease = Lease(session_timeout=30.0, now=0.0)
    >>> lease.beat(5.0), lease.expired(12.0), lease.expired(26.0)
    (None, None, 'the event loop stood still for 21.0 s of a 30.0 s session timeout')
    """

    def __init__(self, *, session_timeout: float, now: float, rules: frozenset[Rule] = ALL_RULES) -> None:
        self._timeout = session_timeout
        self._beat = now
        self._reason: str | None = None
        self._rules = rules

    def beat(self, now: float) -> str | None:
        """The loop runs. Answers why the lease is lost, or None."""
        reason = self.expired(now)
        self._beat = now
        return reason

    def expired(self, now: float) -> str | None:
        """Why nothing may be sent or written any more, or None. Once lost, lost for good."""
        if Rule.LEASE not in self._rules:
            return None
        gap = now - self._beat
        if self._reason is None and gap > SHARE * self._timeout:
            self._reason = f"the event loop stood still for {gap:.1f} s of a {self._timeout:.1f} s session timeout"
        return self._reason
