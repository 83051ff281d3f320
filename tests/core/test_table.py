"""Records side by side: which of their values a statement names."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.core.table import DENIED, meant, named, table_of

KEYS = st.frozensets(st.sampled_from(["mill", "lane", "blue", "heron", "3 mil", "7 mil", DENIED]), min_size=1)
RECORDS = st.lists(st.dictionaries(st.sampled_from(["inn", "street", "distance"]), KEYS), max_size=5)
INNS = table_of(
    [
        {"inn": frozenset(("golden", "hart")), "distance": frozenset(("3 mil",))},
        {"inn": frozenset(("blue", "heron")), "distance": frozenset(("7 mil",))},
    ]
)


def test_table_of_fewer_than_two_records_is_none() -> None:
    assert table_of([]) is None
    assert table_of([{"inn": frozenset(("hart",))}]) is None


def test_named_a_value_by_the_words_that_tell_it_apart() -> None:
    assert INNS is not None
    found = named(INNS, frozenset(("golden", "hart", "7 mil")))
    assert {field: [value.records for value in values] for field, values in found.items()} == {
        "inn": [1],
        "distance": [2],
    }


def test_meant_only_values_that_identify_point_at_a_record() -> None:
    assert INNS is not None
    assert meant(named(INNS, frozenset(("golden", "hart")))) == 1
    assert meant(named(INNS, frozenset(("7 mil",)))) == 0


@given(RECORDS, KEYS)
def test_table_of_any_records_answers_within_them(
    records: list[dict[str, frozenset[str]]], said: frozenset[str]
) -> None:
    table = table_of(records)
    if table is not None:
        assert 0 <= meant(named(table, said)) < 1 << len(records)
