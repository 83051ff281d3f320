"""What lives as long as the process: loaded before the first record, and left out of garbage collection since."""

import gc

from monitor.annotate import annotate
from monitor.core.interaction import Interaction
from monitor.core.vocabulary import Role

TEXT = "Could you please tell me who decides on refunds above $120?"


def load() -> None:
    """Read the models and word lists, which the first turn of each role would wait for; then freeze the heap.

    Code, models and policy are some 200,000 objects. A collection that walks them finds nothing, and took a sixth of
    the time of a turn.
    """
    for role in Role:
        annotate(Interaction(id="", ts=0.0, system_id="", session_id="", role=role, text=TEXT))
    gc.collect()
    gc.freeze()
