"""One contract for both stores, held against a dict; and what only files can do wrong."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.errors import OperatorError
from monitor.delivery.recovery import Entry
from monitor.worker.changelog import MAX_AGE, forget_if_old
from monitor.worker.store import CONTROL, CONTROL_KEY, MemoryStore, RocksStore, Store, open_store

Opened = Callable[[], Store]
Kind = Callable[[], AbstractContextManager[Opened]]
Op = tuple[str, list[Entry[bytes]], int]

keys = st.sampled_from((CONTROL_KEY, "~standing/x", "0/bot/s1", "0/bot/s2", "0/bot/ä/~", "1")) | st.text(
    st.characters(codec="utf-8"), min_size=1, max_size=6
).filter(lambda key: key[0] != CONTROL)
entries = st.builds(
    Entry,
    key=keys,
    value=st.none() | st.binary(max_size=40),
    included=st.integers(-1, 60),
    tenure=st.integers(-1, 2**40),
)
ops: st.SearchStrategy[list[Op]] = st.lists(
    st.tuples(st.sampled_from(("apply", "apply", "purge", "checkpoint")), st.lists(entries), st.integers(0, 2**40)),
    max_size=12,
)


@contextmanager
def memory() -> Iterator[Opened]:
    """The same store however often it is opened: it lives no longer than its process."""
    store = MemoryStore()
    yield lambda: store


@contextmanager
def rocks() -> Iterator[Opened]:
    with TemporaryDirectory() as folder:
        yield lambda: RocksStore(Path(folder) / "app" / "session-0")


both = pytest.mark.parametrize("kind", [memory, rocks])


def perform(store: Store, model: dict[str, Entry[bytes]], op: Op) -> None:
    name, given_entries, number = op
    match name:
        case "apply":
            store.apply(given_entries)
            model.update((entry.key, entry) for entry in given_entries)
        case "purge":
            store.purge(number % 61)
            dead = [entry.key for entry in model.values() if entry.value is None and entry.included <= number % 61]
            for key in dead:
                del model[key]
        case "checkpoint":
            store.checkpoint = number


def same(store: Store, model: dict[str, Entry[bytes]]) -> None:
    live = {entry.key: entry.value for entry in model.values() if entry.value is not None}
    assert by_key(store.entries()) == by_key(model.values())
    assert dict(store.scan()) == {key: value for key, value in live.items() if key[0] != CONTROL}
    assert {key: store.get(key) for key in model} == {key: live.get(key) for key in model}
    assert store.get("never/written") is None


def by_key(found: Iterable[Entry[bytes]]) -> list[Entry[bytes]]:
    return sorted(found, key=lambda entry: entry.key)


@both
@settings(max_examples=25, deadline=None)
@given(steps=ops, cut=st.integers(0, 12))
def test_store_does_what_a_dict_does_also_after_it_was_closed(kind: Kind, steps: list[Op], cut: int) -> None:
    model: dict[str, Entry[bytes]] = {}
    with kind() as opened:
        store = opened()
        assert store.checkpoint == 0
        for index, step in enumerate(steps):
            if index == cut:
                store.close()
                store = opened()
            perform(store, model, step)
        same(store, model)
        marks = [number for name, _, number in steps if name == "checkpoint"]
        assert store.checkpoint == (marks[-1] if marks else 0)
        store.close()


@both
def test_store_entries_may_be_applied_while_they_are_read(kind: Kind) -> None:
    with kind() as opened:
        store = opened()
        store.apply([Entry(f"k{index}", b"1", 1) for index in range(20)])
        for entry in store.entries():
            store.apply([Entry(entry.key, b"2", 2), Entry("~" + entry.key, b"", 2)])
        assert set(dict(store.scan()).values()) == {b"2"}
        store.close()


@both
def test_store_left_alone_for_longer_than_tombstones_are_kept_is_read_anew(kind: Kind) -> None:
    with kind() as opened:
        store = opened()
        store.apply([Entry("0/bot/s", b"forgotten by others since", 1)])
        store.checkpoint, store.current_at = 7, 1_000.0
        forget_if_old(store, 1_000.0 + MAX_AGE)
        assert (store.checkpoint, store.current_at) == (7, 1_000.0)
        forget_if_old(store, 1_001.0 + MAX_AGE)
        assert (store.checkpoint, store.current_at, list(store.entries())) == (0, 0.0, [])
        store.close()


def test_rocks_store_locked_by_another_names_the_setting(tmp_path: Path) -> None:
    first = open_store("rocksdb", tmp_path, app_id="app", stage="session", partition=3)
    with pytest.raises(OperatorError, match="OVERSIGHT_DATADIR"):
        open_store("rocksdb", tmp_path, app_id="app", stage="session", partition=3)
    open_store("rocksdb", tmp_path, app_id="app", stage="session", partition=4).close()
    first.close()
    open_store("rocksdb", tmp_path, app_id="app", stage="session", partition=3).close()


def test_rocks_store_below_a_file_is_an_operator_error(tmp_path: Path) -> None:
    (tmp_path / "app").write_text("in the way")
    with pytest.raises(OperatorError, match="OVERSIGHT_DATADIR"):
        open_store("rocksdb", tmp_path, app_id="app", stage="session", partition=0)


def test_open_store_memory_touches_no_disk(tmp_path: Path) -> None:
    assert isinstance(open_store("memory", tmp_path, app_id="app", stage="session", partition=0), MemoryStore)
    assert list(tmp_path.iterdir()) == []
