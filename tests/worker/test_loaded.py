import gc

from monitor.annotate import annotate
from monitor.core.interaction import Interaction
from monitor.core.vocabulary import Role
from monitor.worker.loaded import load

LOADED = 10_000
"""Fewer objects than the models have."""


def test_load_leaves_what_is_loaded_to_no_collection() -> None:
    try:
        load()
        assert gc.get_freeze_count() > LOADED
        assert len(gc.get_objects()) < LOADED
    finally:
        gc.unfreeze()


def test_load_leaves_nothing_to_be_read_by_the_first_turn() -> None:
    try:
        load()
        for role in Role:
            annotate(Interaction(id="1", ts=0.0, system_id="s", session_id="s", role=role, text="I want it undone."))
        assert len(gc.get_objects()) < LOADED
    finally:
        gc.unfreeze()
