"""The memo: as if there were none, bounded, and what is in use stays."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.annotate.memo import LONGEST_KEY, Memo


@given(st.lists(st.text(max_size=3)), st.integers(2, 9))
def test_memo_any_keys_have_their_value_and_few_are_kept(keys: list[str], most: int) -> None:
    memo = Memo(str.upper, most=most)
    for key in keys:
        assert memo[key] == key.upper()
        assert memo.kept() <= most


def test_memo_key_in_use_is_worked_out_once_however_many_others_come() -> None:
    made: list[str] = []
    memo = Memo(lambda key: made.append(key) or key, most=8)  # type: ignore[func-returns-value]
    for number in range(1000):
        assert memo["in use"] == "in use"
        assert memo[f"passing {number}"] == f"passing {number}"
    assert made.count("in use") == 1
    assert memo.kept() <= 8


def test_memo_overlong_key_is_not_kept() -> None:
    memo = Memo(len, most=8)
    assert memo["x" * (LONGEST_KEY + 1)] == LONGEST_KEY + 1
    assert memo.kept() == 0
