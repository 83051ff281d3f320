"""The worker as a user starts it; on the embedded broker with the one accommodation that several members need."""

import asyncio
import os
from pathlib import Path
from typing import Any

from monitor.cli import main
from monitor.worker import changelog
from tests.brokers import let_followers_sync_first


def hang_in_recovery_once(mark: Path) -> None:
    """The first process to come here reads its changelogs for ever; the file says that it was here."""
    if mark.exists():
        return
    mark.touch()

    async def reads_for_ever(*_: Any) -> int:  # noqa: ANN401 - the one it stands for
        await asyncio.Event().wait()
        return 0

    changelog._read = reads_for_ever  # type: ignore[assignment]


if __name__ == "__main__":
    if os.environ.get("TEST_EMBEDDED") == "1":
        let_followers_sync_first()
    if os.environ.get("TEST_HANG_ONCE"):
        hang_in_recovery_once(Path(os.environ["TEST_HANG_ONCE"]))
    main(["worker"], standalone_mode=True)
