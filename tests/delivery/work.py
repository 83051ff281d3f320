"""The payload behind the protocol's offsets: one batch, and a stage restored from its changelog."""

from monitor.delivery.recovery import Merge
from monitor.delivery.seen import Seen
from tests.delivery.application import Control, Force, Output, Slot, Stage
from tests.delivery.broker import Record

CONTROL = "~control"
FORCE = "~force/"


class Work:
    """One batch, with the stage it was decided by, also when another recovery has replaced that."""

    def __init__(self, stage: Stage, records: list[Record]) -> None:
        self.stage = stage
        self.records = records
        self.outputs: list[Output] = []
        self.written: dict[str, Slot] = {}
        self.changes: dict[str, Force] = {}
        self.control = stage.control()


def restore(stage: Stage, merge: Merge[object]) -> int | None:
    """Fill the stage from the changelog; answers the progress."""
    progress: int | None = None
    for entry in merge.entries():
        if entry.key == CONTROL:
            assert isinstance(entry.value, Control)
            progress, stage.time = entry.included, entry.value.time
            stage.seen = Seen(dict(entry.value.seen), stage.rules)
        elif not entry.key.startswith(FORCE):
            stage.store[entry.key] = Slot(entry.value, entry.included)
    stage.guards = merge.included(above=-1 if progress is None else progress)
    for key, value in merge.asserted(FORCE, control=CONTROL).items():
        assert isinstance(value, tuple)
        stage.force[key[len(FORCE) :]] = value
    return progress
