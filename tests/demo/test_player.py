import msgspec

from monitor.core.channels import INTERACTIONS
from monitor.demo.player import recorded


def test_recorded_keeps_the_bytes_and_takes_session_and_time() -> None:
    line = b'{"session_id": "s-1", "ts": "2026-03-02T09:14:31Z", "role": "user", "text": "Hi"}'
    (event,) = recorded(iter([line]))
    assert event.topic == INTERACTIONS
    assert event.key == "s-1"
    assert event.value is line
    assert event.at == 1772442871.0


def test_recorded_what_is_no_turn_goes_out_as_it_is() -> None:
    lines = [b"{broken", b"[1]", b'{"session_id": 7, "ts": "yesterday"}']
    events = list(recorded(iter(lines)))
    assert [event.value for event in events] == lines
    assert [event.key for event in events] == ["", "", "7"]
    assert all(event.at > 1_700_000_000 for event in events)


def test_recorded_numeric_time_is_seconds() -> None:
    (event,) = recorded(iter([msgspec.json.encode({"session_id": "s", "ts": 1_760_000_000.5})]))
    assert event.at == 1_760_000_000.5
