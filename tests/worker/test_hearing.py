"""Only what the group acknowledged renews the lease, with the time at which we asked."""

import asyncio
from types import SimpleNamespace

import pytest
from aiokafka.errors import (
    IllegalGenerationError,
    NoError,
    RebalanceInProgressError,
    RequestTimedOutError,
    UnknownMemberIdError,
)

from monitor.worker import hearing
from monitor.worker.hearing import listen


class HeartbeatRequest_v1:  # noqa: N801 - as the client names it
    pass


class SyncGroupRequest_v3:  # noqa: N801 - the same
    pass


class JoinGroupRequest_v5:  # noqa: N801 - the same
    pass


class OffsetCommitRequest_v3:  # noqa: N801 - the same
    pass


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now


class Coordinator:
    """Answers every request with the code it is told to, a second later."""

    def __init__(self, clock: Clock) -> None:
        self.code = NoError.errno
        self.fails = False
        self._clock = clock

    async def _send_req(self, request: object) -> SimpleNamespace:
        self._clock.now += 1.0
        if self.fails:
            raise RequestTimedOutError
        return SimpleNamespace(error_code=self.code, request=request)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(hearing, "time", clock)
    return clock


def heard(clock: Clock, request: object, code: int) -> list[float]:
    coordinator, renewed = Coordinator(clock), list[float]()
    coordinator.code = code
    listen(coordinator, renewed.append)
    clock.now = 41.0
    response = asyncio.run(coordinator._send_req(request))
    assert response.request is request, "the answer goes on to whoever asked"
    return renewed


@pytest.mark.parametrize(
    ("request_kind", "error", "counts"),
    [
        (HeartbeatRequest_v1, NoError, True),
        (HeartbeatRequest_v1, RebalanceInProgressError, True),
        (HeartbeatRequest_v1, UnknownMemberIdError, False),
        (HeartbeatRequest_v1, IllegalGenerationError, False),
        (SyncGroupRequest_v3, NoError, True),
        (SyncGroupRequest_v3, RebalanceInProgressError, False),
        (JoinGroupRequest_v5, NoError, False),
        (OffsetCommitRequest_v3, NoError, False),
    ],
)
def test_listen_renews_by_what_the_group_acknowledged_at_the_time_of_sending(
    clock: Clock, request_kind: type, error: type[NoError], *, counts: bool
) -> None:
    assert heard(clock, request_kind(), error.errno) == ([41.0] if counts else [])


def test_listen_request_that_fails_renews_nothing_and_still_raises(clock: Clock) -> None:
    coordinator, renewed = Coordinator(clock), list[float]()
    coordinator.fails = True
    listen(coordinator, renewed.append)
    with pytest.raises(RequestTimedOutError):
        asyncio.run(coordinator._send_req(HeartbeatRequest_v1()))
    assert renewed == []


def test_listen_twice_renews_once(clock: Clock) -> None:
    coordinator, renewed = Coordinator(clock), list[float]()
    listen(coordinator, renewed.append)
    listen(coordinator, renewed.append)
    asyncio.run(coordinator._send_req(HeartbeatRequest_v1()))
    assert renewed == [0.0]
