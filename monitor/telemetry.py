"""The worker's own metrics, through OpenTelemetry. Telemetry may drop; escalations may not (STYLE.md 2.7).

Names are ``oversight.<noun>``; a session's id is never a label. Everything is counted whether or not anybody exports:
``OVERSIGHT_METRICS`` chooses ``console`` or ``otlp`` (endpoint and headers from the usual ``OTEL_*`` variables).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import ConsoleMetricExporter, MetricReader, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource

from monitor import __version__
from monitor.core.errors import OperatorError, RejectCode
from monitor.core.events import Output, Standing

Lag = Callable[[], Mapping[tuple[str, int], int]]

METRICS = {
    "oversight.records": "records folded, by stage",
    "oversight.records.skipped": "records that the state included already, by stage",
    "oversight.records.rejected": "records dead-lettered, by stage and code",
    "oversight.policy_reload": "policies read again, by outcome (adopted, unchanged, refused)",
    "oversight.events": "events decided, by type and severity",
    "oversight.soft_escalations": "soft escalations per 1,000 sessions as last judged, by system",
    "oversight.bound_shift": "share of the way by which soft bounds moved to keep the budget, by system",
    "oversight.lag": "records waiting, by topic and partition",
}
"""Every metric: name -> what it counts. All counters but the last three, which are gauges."""
_GAUGES = ("oversight.soft_escalations", "oversight.bound_shift")


class Telemetry:
    """Counts what stages decide. ``reader`` None: counted, and exported to nobody."""

    def __init__(self, reader: MetricReader | None, *, service: str, lag: Lag | None = None) -> None:
        resource = Resource.create({"service.name": service, "service.version": __version__})
        self._provider = MeterProvider([reader] if reader else [], resource=resource)
        meter = self._provider.get_meter("oversight", __version__)
        counters = [name for name in METRICS if name not in (*_GAUGES, "oversight.lag")]
        self._counters = {name: meter.create_counter(name, description=METRICS[name]) for name in counters}
        self._gauges = {name: meter.create_gauge(name, description=METRICS[name]) for name in _GAUGES}
        if lag is not None:
            meter.create_observable_gauge("oversight.lag", [_observed(lag)], description=METRICS["oversight.lag"])

    def folded(self, stage: str, count: int, *, skipped: int, rejected: Iterable[RejectCode]) -> None:
        """Count the records of one batch."""
        self._add("oversight.records", count, stage=stage)
        self._add("oversight.records.skipped", skipped, stage=stage)
        for code, number in Counter(rejected).items():
            self._add("oversight.records.rejected", number, stage=stage, code=code)

    def decided(self, outputs: Iterable[Output]) -> None:
        """Count what was decided; what a standing says of its system's budget is shown."""
        outputs = tuple(outputs)
        for (kind, severity), count in Counter((each.type, each.severity) for each in outputs).items():
            self._add("oversight.events", count, type=kind, severity=severity)
        for standing in (each.data for each in outputs if isinstance(each.data, Standing)):
            told = (standing.realised.soft_per_1000 if standing.realised else None, standing.shift)
            for name, value in zip(_GAUGES, told, strict=True):
                if value is not None:
                    self._gauges[name].set(value, {"system": standing.system_id})

    def reloaded(self, outcome: str) -> None:
        """Count what became of a changed policy."""
        self._add("oversight.policy_reload", 1, outcome=outcome)

    def stop(self) -> None:
        """Export what is left."""
        self._provider.shutdown()

    def _add(self, name: str, count: int, **labels: str) -> None:
        if count:
            self._counters[name].add(count, {key: str(value) for key, value in labels.items()})


def reader_for(kind: str) -> MetricReader | None:
    """The reader that ``OVERSIGHT_METRICS`` names.

    Raises:
        OperatorError: the exporter's package is not installed.
    """
    if kind == "none":
        return None
    return PeriodicExportingMetricReader(ConsoleMetricExporter() if kind == "console" else _otlp())


def _otlp() -> Any:  # noqa: ANN401 - an optional package
    try:
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter  # noqa: PLC0415 - optional
    except ImportError as error:
        raise OperatorError(
            "OVERSIGHT_METRICS=otlp needs the exporter: pip install 'oversight-monitor[otlp]'"
        ) from error
    return OTLPMetricExporter()


def _observed(lag: Lag) -> Callable[[CallbackOptions], Iterable[Observation]]:
    def observe(_: CallbackOptions) -> Iterator[Observation]:
        for (topic, partition), records in dict(lag()).items():
            yield Observation(records, {"topic": topic, "partition": str(partition)})

    return observe
