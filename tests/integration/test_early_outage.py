"""The broker goes while the group is still joining: nobody holds a partition yet, and somebody must in the end."""

import time
from pathlib import Path

import pytest

from monitor.demo.broker import EmbeddedBroker
from tests.brokers import Broker, sternest_broker
from tests.integration.fleet import Fleet
from tests.integration.offline import assert_equivalent
from tests.integration.site import Site
from tests.integration.turns import turns
from tests.kafka.broker import ApacheKafka

__all__ = ["sternest_broker"]

pytestmark = pytest.mark.cluster

JOINING = "ConsumerThread]: Starting"
OUTAGE_SECONDS = 4.0


def outage(broker: Broker) -> None:
    """The broker is killed and comes back with what it had on disk; the embedded one is only cut off."""
    if isinstance(broker, EmbeddedBroker):
        broker.broker_down()
        time.sleep(OUTAGE_SECONDS)
        broker.broker_up()
        return
    assert isinstance(broker, ApacheKafka)
    if not broker.own:
        pytest.skip("only a broker of our own can be killed")
    broker.kill()
    time.sleep(OUTAGE_SECONDS)
    broker.restart()


@pytest.mark.parametrize("after", [0.0, 0.3])
def test_broker_gone_while_workers_join_ends_with_everything_owned_and_exact(
    sternest_broker: Broker, tmp_path: Path, after: float
) -> None:
    site = Site(sternest_broker)
    with Fleet(site, tmp_path) as fleet:
        site.produce(turns(300, seed=1))
        fleet.join()
        fleet.join()
        fleet.await_logged(JOINING)
        time.sleep(after)
        outage(sternest_broker)
        fleet.await_assigned()
        site.produce(turns(300, seed=2))
        site.await_drained()
        assert_equivalent(site)
