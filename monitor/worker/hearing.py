"""Whether the group hears us: what the coordinator acknowledged, and when we had asked (DESIGN.md 6.6).

aiokafka has no public hook for it, so the coordinator's one sending function is wrapped. Heartbeats go out in the
driver's thread, which may run while our loop stands still; they prove that the group keeps our partitions, and that is
all the lease asks.
"""
# ruff: noqa: ANN401, SLF001 - aiokafka carries no types, and no public way to its heartbeats

import time
from collections.abc import Callable
from typing import Any

from aiokafka.errors import NoError, RebalanceInProgressError, for_code

HEARD = {"HeartbeatRequest": (NoError, RebalanceInProgressError), "SyncGroupRequest": (NoError,)}
"""Request -> answers that mean the group counts us in. While it rebalances, heartbeats keep us in it."""

Renew = Callable[[float], None]


def listen(coordinator: Any, renew: Renew) -> None:
    """Tell ``renew`` the monotonic time at which each acknowledged request was sent. Twice changes nothing."""
    if getattr(coordinator, "_oversight_heard", None) is not None:
        return
    send = coordinator._send_req

    async def heard(request: Any) -> Any:
        sent_at = time.monotonic()
        response = await send(request)
        accepted = HEARD.get(_kind(request), ())
        if accepted and for_code(response.error_code) in accepted:
            renew(sent_at)
        return response

    coordinator._send_req = heard
    coordinator._oversight_heard = renew


def _kind(request: Any) -> str:
    """The request's name without its protocol version (``HeartbeatRequest_v1``)."""
    return type(request).__name__.partition("_")[0]
