"""Brokers for tests: one suite runs on the embedded broker and, where it can be had, on a real Kafka.

Import the fixture ``broker`` into a test module; a test that takes it runs once per broker (pytest reuses one broker of
each kind per module, so give topics and groups names of their own: :func:`fresh`).
"""

import itertools
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import pytest
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor

from monitor.demo.broker import EmbeddedBroker
from tests.kafka.broker import ApacheKafka, available

__all__ = [
    "Broker",
    "apache_kafka",
    "broker",
    "embedded_broker",
    "fresh",
    "let_followers_sync_first",
    "sternest_broker",
]

_numbers = itertools.count()


class Broker(Protocol):
    """What the embedded broker and a real Kafka share."""

    bootstrap_servers: str

    def create_topic(self, name: str, partitions: int, *, compact: bool = False) -> None: ...


@contextmanager
def embedded_broker() -> Iterator[EmbeddedBroker]:
    """A running embedded broker."""
    with EmbeddedBroker() as running:
        yield running


@contextmanager
def apache_kafka() -> Iterator[ApacheKafka]:
    """A running real Kafka; skips the test, with the reason, where there is none."""
    can_run, reason = available()
    if not can_run:
        pytest.skip(f"no real Kafka: {reason}")
    with ApacheKafka() as running:
        yield running


def fresh(stem: str) -> str:
    """A name that no other test of this run uses, also on a cluster that outlives the run."""
    return f"{stem}-{os.getpid()}-{next(_numbers)}"


def let_followers_sync_first() -> None:
    """Call it in every worker process of a test that runs more than one on the embedded broker.

    The mock cluster completes a rebalance when the leader's assignment arrives; a follower that asks later is refused
    (INVALID_REQUEST) and the rebalance starts again, often for ever. So the leader takes its time.
    """
    assign = RoundRobinPartitionAssignor.assign

    def assign_slowly(*arguments: Any) -> Any:  # noqa: ANN401 - aiokafka's own
        time.sleep(0.2)
        return assign(*arguments)

    RoundRobinPartitionAssignor.assign = assign_slowly


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(embedded_broker, id="embedded"),
        pytest.param(apache_kafka, id="kafka", marks=pytest.mark.kafka),
    ],
)
def broker(request: pytest.FixtureRequest) -> Iterator[Broker]:
    """A running broker: the embedded one, then a real Kafka."""
    with request.param() as running:
        yield running


@pytest.fixture(scope="module")
def sternest_broker() -> Iterator[Broker]:
    """A real Kafka where there is one, else the embedded broker: for runs so long that one of them must do."""
    with apache_kafka() if available()[0] else embedded_broker() as running:
        yield running
