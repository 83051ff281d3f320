from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from monitor.core.errors import RejectCode
from monitor.core.events import Realised, Standing
from monitor.core.interaction import Position
from monitor.core.outputs import standing_output
from monitor.telemetry import METRICS, Telemetry


def points(reader: InMemoryMetricReader) -> dict[tuple[str, frozenset[tuple[str, object]]], float]:
    """(name, labels) -> value of everything exported."""
    found = reader.get_metrics_data()
    assert found is not None
    return {
        (metric.name, frozenset((point.attributes or {}).items())): point.value  # type: ignore[union-attr]
        for resource in found.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
        for point in metric.data.data_points
    }


def test_a_batch_is_counted_by_stage_and_reject_code() -> None:
    reader = InMemoryMetricReader()
    telemetry = Telemetry(reader, service="test", lag=lambda: {("turns", 3): 7})
    telemetry.folded("session", 5, skipped=2, rejected=[RejectCode.INVALID_JSON])
    telemetry.folded("session", 1, skipped=0, rejected=[])
    telemetry.decided([])
    telemetry.reloaded("refused")
    stage = ("stage", "session")
    assert points(reader) == {
        ("oversight.records", frozenset({stage})): 6,
        ("oversight.records.skipped", frozenset({stage})): 2,
        ("oversight.records.rejected", frozenset({stage, ("code", "invalid_json")})): 1,
        ("oversight.policy_reload", frozenset({("outcome", "refused")})): 1,
        ("oversight.lag", frozenset({("topic", "turns"), ("partition", "3")})): 7,
    }


def test_what_a_standing_says_of_its_budget_is_shown_as_it_was_last_told() -> None:
    reader = InMemoryMetricReader()
    telemetry = Telemetry(reader, service="test")
    at = Position("log", 0, 0)
    told = Realised(soft_per_1000=18.2, low=15.1, high=21.9, sessions=6650, budget=20.0)
    telemetry.decided([standing_output(Standing(system_id="bot", shift=0.1), at)])
    telemetry.decided([standing_output(Standing(system_id="bot", version=1, shift=0.3, realised=told), at)])
    found = points(reader)
    of_bot = frozenset({("system", "bot")})
    assert found["oversight.soft_escalations", of_bot] == 18.2
    assert found["oversight.bound_shift", of_bot] == 0.3


def test_metric_names_are_dotted_nouns_of_ours() -> None:
    assert all(name.startswith("oversight.") and name.replace(".", "").replace("_", "").isalpha() for name in METRICS)
