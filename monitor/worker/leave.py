"""How a worker process ends. Every way out that is not SIGTERM goes through here, with its exit code and its reason.

``os._exit``: nothing that is buffered in a client may go out any more once the protocol says so (DESIGN.md 6.6).
"""

import logging
import os
import sys

OPERATOR = 2
"""Settings, policy or topics are wrong: a restart will not help."""
INTERNAL = 70
"""A step failed, the lease was lost, or nothing moved: a restart reads again (EX_SOFTWARE)."""
NO_BROKER = 75
"""No broker answered (EX_TEMPFAIL): whoever runs the worker should start it again."""

log = logging.getLogger(__name__)


def leave(reason: str, code: int = INTERNAL) -> None:
    """End the process now, saying why."""
    log.critical("leaving with exit code %d: %s", code, reason)
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
