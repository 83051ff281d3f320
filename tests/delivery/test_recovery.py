"""Recovery: the highest wins, whatever order late writes landed in, and survives compaction once it was rewritten."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.delivery.recovery import Entry, Merge, next_tenure
from monitor.delivery.rules import ALL_RULES, Rule


def entry(key: str, included: int, tenure: int) -> Entry[str]:
    """A state, or a tombstone for the keys that were forgotten."""
    return Entry(key, None if key in "de" else f"{key}@{included}", included, tenure)


entries = st.lists(st.builds(entry, st.sampled_from("abcde"), st.integers(0, 9), st.integers(0, 2)), max_size=25)


def merged(log: list[Entry[str]], rules: frozenset[Rule] = ALL_RULES) -> Merge[str]:
    merge: Merge[str] = Merge(rules)
    for entry in log:
        merge.add(entry)
    return merge


def compacted(log: list[Entry[str]]) -> list[Entry[str]]:
    """The last record per key."""
    return list({entry.key: entry for entry in log}.values())


@given(log=entries, data=st.data())
def test_merge_of_any_order_finds_the_same_states(log: list[Entry[str]], data: st.DataObject) -> None:
    other = data.draw(st.permutations(log))
    assert merged(log).states() == merged(other).states()


@given(log=entries)
def test_merge_keeps_the_highest_included_offset_of_each_key(log: list[Entry[str]]) -> None:
    for entry in merged(log).entries():
        assert entry.included == max(each.included for each in log if each.key == entry.key)


@given(log=entries)
def test_merge_after_regressed_keys_were_rewritten_survives_compaction(log: list[Entry[str]]) -> None:
    before = merged(log)
    after = merged(compacted([*log, *before.regressed()]))
    assert after.states() == before.states()
    assert {e.key: e.place for e in after.entries()} == {e.key: e.place for e in before.entries()}
    assert after.regressed() == ()


@given(log=entries, progress=st.integers(-1, 9))
def test_merge_included_names_living_and_dead_keys_above_the_progress(log: list[Entry[str]], progress: int) -> None:
    merge = merged(log)
    assert merge.included(above=progress) == {
        entry.key: entry.included for entry in merge.entries() if entry.included > progress
    }


def test_merge_of_a_late_state_after_a_tombstone_stays_dead() -> None:
    merge = merged([Entry("a", "old", 3), Entry("a", None, 7), Entry("a", "late", 5)])
    assert merge.states() == {}
    assert merge.regressed() == (Entry("a", None, 7),)
    assert merge.included(above=6) == {"a": 7}


def test_merge_of_equal_offsets_takes_the_later_record() -> None:
    assert merged([Entry("~force/x", "v1", 4), Entry("~force/x", "v2", 4)]).states() == {"~force/x": "v2"}


def test_merge_asserted_drops_what_an_earlier_owner_wrote_too_late() -> None:
    log = [
        Entry("~control", "", 6, tenure=1),
        Entry("~force/known", "v1", 6, tenure=2),  # asserted again by the new owner
        Entry("~control", "", 6, tenure=2),
        Entry("~force/known", "v2", 6, tenure=1),  # the old owner's, late
        Entry("~force/unknown", "v2", 6, tenure=1),
    ]
    assert merged(log).asserted("~force/", control="~control") == {"~force/known": "v1"}


def test_merge_asserted_counts_what_was_written_again_before_the_control_record() -> None:
    log = [
        Entry("~force/x", "v1", 2, tenure=1),
        Entry("~control", "", 6, tenure=1),
        Entry("~force/x", "v1", 6, tenure=2),  # a new owner died before its control record
    ]
    assert merged(log).asserted("~force/", control="~control") == {"~force/x": "v1"}


def test_merge_without_a_control_record_has_no_tenure_and_lets_everything_count() -> None:
    merge = merged([Entry("~force/x", "v1", -1, tenure=0)])
    assert merge.tenure("~control") == -1
    assert merge.asserted("~force/", control="~control") == {"~force/x": "v1"}


@given(generation=st.integers(0, 100), recovered=st.integers(-1, 100))
def test_next_tenure_is_above_every_recovered_one(generation: int, recovered: int) -> None:
    tenure = next_tenure(generation, recovered)
    assert tenure > recovered
    assert tenure >= generation


def test_merge_without_one_rule_shows_what_it_prevents() -> None:
    log = [Entry("a", "new", 9), Entry("a", "old", 4)]
    assert merged(log, ALL_RULES - {Rule.HIGHEST_WINS}).states() == {"a": "old"}
    dead: list[Entry[str]] = [Entry("a", "old", 4), Entry("a", None, 9)]
    assert merged(dead, ALL_RULES - {Rule.TOMBSTONE_OFFSET}).states() == {"a": "old"}
