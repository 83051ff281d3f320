"""Sessions told in another order: nothing is lost, the last turn stays, the label follows its turn."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from monitor.evaluate.labelled import Line
from monitor.evaluate.shuffle import shuffled


def session(name: str, texts: list[str], against: int) -> list[Line]:
    bodies = [{"session_id": name, "turn": turn, "text": text, "ts": turn * 20} for turn, text in enumerate(texts)]
    labels: list[dict[str, Any]] = [{}] * (len(texts) - 1) + [{"contradiction": True, "against_turn": against}]
    return [Line(name, turn, body, label) for turn, (body, label) in enumerate(zip(bodies, labels, strict=True))]


@given(st.text(min_size=1), st.integers(2, 8), st.data())
def test_shuffled_session_has_the_same_turns_and_the_label_names_the_same_text(
    name: str, length: int, data: st.DataObject
) -> None:
    texts = [f"text {index}" for index in range(length)]
    against = data.draw(st.integers(0, length - 2))
    lines = list(shuffled(session(name, texts, against)))
    told = [line.body["text"] for line in lines]
    assert sorted(told) == sorted(texts)
    assert told[-1] == texts[-1]
    assert told[lines[-1].label["against_turn"]] == texts[against]
    assert [line.number for line in lines] == [line.body["turn"] for line in lines] == list(range(length))
    assert [line.body["ts"] for line in lines] == [turn * 20 for turn in range(length)]


def test_shuffled_order_is_the_same_at_every_call_and_not_the_files_own_everywhere() -> None:
    lines = [line for index in range(20) for line in session(f"s{index}", ["a", "b", "c", "d", "e"], 3)]
    once = list(shuffled(lines))
    assert once == list(shuffled(lines))
    assert len({line.label["against_turn"] for line in once if line.label}) > 1
