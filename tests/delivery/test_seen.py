"""Which source records the system stage has folded: each once, whatever is emitted again."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.delivery.rules import ALL_RULES, Rule
from monitor.delivery.seen import Place, Seen

places = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 3)), unique=True, max_size=30).map(sorted)


@given(emitted=places, data=st.data())
def test_seen_of_a_log_with_stretches_emitted_again_admits_each_record_once(
    emitted: list[Place], data: st.DataObject
) -> None:
    log = list(emitted)
    for _ in range(data.draw(st.integers(0, 4))):  # an owner emits again from somewhere up to somewhere
        end = data.draw(st.integers(0, len(emitted)))
        start = data.draw(st.integers(0, end))
        at = data.draw(st.integers(end, len(log)))
        log[at:at] = emitted[start:end] if _landed(log[:at], emitted[:end]) else []
    seen = Seen()
    assert [place for place in log if seen.admits(("t", 0), place)] == emitted


def _landed(log: list[Place], emitted: list[Place]) -> bool:
    return set(emitted) <= set(log)


def test_seen_keeps_source_partitions_apart() -> None:
    seen = Seen()
    assert seen.admits(("t", 0), (9, 0))
    assert seen.admits(("t", 1), (3, 0))
    assert not seen.admits(("t", 1), (3, 0))


@given(emitted=places, cut=st.integers(0, 30))
def test_seen_restored_from_its_places_goes_on_as_if_uninterrupted(emitted: list[Place], cut: int) -> None:
    log = emitted[:cut] + emitted
    whole = Seen()
    expected = [whole.admits(("t", 0), place) for place in log]
    first = Seen()
    answers = [first.admits(("t", 0), place) for place in log[:cut]]
    second = Seen(first.places)
    answers += [second.admits(("t", 0), place) for place in log[cut:]]
    assert answers == expected
    assert second.places == whole.places


def test_seen_copies_what_it_is_restored_from() -> None:
    places: dict[tuple[str, int], Place] = {("t", 0): (1, 0)}
    Seen(places).admits(("t", 0), (2, 0))
    assert places == {("t", 0): (1, 0)}


def test_seen_without_its_rule_counts_twice_and_still_keeps_the_highest() -> None:
    seen = Seen(rules=ALL_RULES - {Rule.SEEN})
    assert seen.admits(("t", 0), (2, 0))
    assert seen.admits(("t", 0), (1, 0))
    assert seen.places == {("t", 0): (2, 0)}
