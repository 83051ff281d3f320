"""Where a partition begins and ends, as the broker answers it: no answer is an outage, never a place."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from confluent_kafka import KafkaError, KafkaException

from monitor.config import Settings
from monitor.core.errors import OperatorError
from monitor.worker import place
from monitor.worker.place import LogPlace

NOON_MS = 1_769_860_800_000


class Client:
    """Answers from its class; notes what it was asked."""

    bounds: Any = (3, 90)
    found = SimpleNamespace(offset=40, error=None)
    asked = 0

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options

    def get_watermark_offsets(self, partition: Any, timeout: float) -> tuple[int, int]:  # noqa: ANN401 - the client's
        if isinstance(self.bounds, int):
            raise KafkaException(KafkaError(self.bounds))
        low, high = self.bounds
        return low, high

    def offsets_for_times(self, wanted: list[Any], timeout: float) -> list[SimpleNamespace]:
        type(self).asked = wanted[0].offset
        return [self.found]

    def close(self) -> None:
        pass


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> type[Client]:
    made = type("Client", (Client,), {})
    monkeypatch.setattr(place, "Consumer", made)
    return made


def at(start: str) -> LogPlace:
    return LogPlace(None, Settings(start=start), "in", 2)


@pytest.mark.parametrize(
    ("start", "offset"),
    [("earliest", 3), ("latest", 90), ("2026-01-31T12:00:00+00:00", 40), ("2026-01-31T12:00:00", 40)],
)
def test_initial_is_where_the_setting_says(client: type[Client], start: str, offset: int) -> None:
    assert asyncio.run(at(start).initial()) == offset
    assert client.asked in {0, NOON_MS}, "a time without zone is UTC"


def test_initial_time_after_the_last_record_is_the_end(client: type[Client]) -> None:
    client.found = SimpleNamespace(offset=-1, error=None)
    assert asyncio.run(at("2026-01-31T12:00:00").initial()) == 90


def test_initial_time_without_an_answer_is_an_outage_and_not_the_end(client: type[Client]) -> None:
    client.found = SimpleNamespace(offset=-1001, error=KafkaError(KafkaError.LEADER_NOT_AVAILABLE))
    with pytest.raises(ConnectionError, match="in-2"):
        asyncio.run(at("2026-01-31T12:00:00").initial())


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (KafkaError.UNKNOWN_TOPIC_OR_PART, OperatorError),
        (KafkaError._UNKNOWN_PARTITION, OperatorError),
        (KafkaError.TOPIC_AUTHORIZATION_FAILED, OperatorError),
        (KafkaError._TIMED_OUT, ConnectionError),
        (KafkaError._TRANSPORT, ConnectionError),
    ],
)
def test_bounds_an_outage_is_told_apart_from_what_an_operator_must_mend(
    client: type[Client], code: int, error: type[Exception]
) -> None:
    client.bounds = code
    with pytest.raises(error, match="in-2"):
        asyncio.run(at("earliest").bounds())
