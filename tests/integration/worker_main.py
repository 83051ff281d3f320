"""The worker as a user starts it; on the embedded broker with the one accommodation that several members need."""

import os

from monitor.cli import main
from tests.brokers import let_followers_sync_first

if __name__ == "__main__":
    if os.environ.get("TEST_EMBEDDED") == "1":
        let_followers_sync_first()
    main(["worker"], standalone_mode=True)
