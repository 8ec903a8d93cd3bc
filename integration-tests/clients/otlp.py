"""A service that measures itself with OpenTelemetry's SDK for Python and pushes what it measured:

    otlp.py grpc|http/protobuf URL TOKEN delta|cumulative

Two exports of 1,000 requests each, of which 5 fail, and which take from 1 ms to 1 s: counted, and measured by
an explicit and by an exponential histogram.
"""

import math
import sys

from opentelemetry.sdk.metrics import Counter, Histogram, MeterProvider
from opentelemetry.sdk.metrics.export import AggregationTemporality, PeriodicExportingMetricReader
from opentelemetry.sdk.metrics.view import (
    ExplicitBucketHistogramAggregation,
    ExponentialBucketHistogramAggregation,
    View,
)
from opentelemetry.sdk.resources import Resource

EXPLICIT = "http.server.request.duration"
EXPONENTIAL = "http.server.request.duration.exponential"
BOUNDS = [0.1, 0.25, 0.5, 0.75, 0.9, 0.94, 0.96, 1.0, 2.5]


def exporter(protocol, url, token, temporality):
    preferred = {kind: AggregationTemporality[temporality.upper()] for kind in (Counter, Histogram)}
    authorization = f"Bearer {token}"
    if protocol == "grpc":
        from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter

        return OTLPMetricExporter(
            endpoint=url,
            insecure=True,
            headers=(("authorization", authorization),),
            preferred_temporality=preferred,
        )
    if protocol == "http/protobuf":
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter

        return OTLPMetricExporter(
            endpoint=f"{url}/v1/metrics",
            headers={"authorization": authorization},
            preferred_temporality=preferred,
        )
    raise SystemExit(f"no such protocol: {protocol}")


def main():
    # Nothing is sent but when it is asked for.
    reader = PeriodicExportingMetricReader(exporter(*sys.argv[1:]), export_interval_millis=math.inf)
    provider = MeterProvider(
        metric_readers=[reader],
        resource=Resource.create(
            {"service.name": "checkout-api", "deployment.environment.name": "production"}
        ),
        views=[
            View(
                instrument_name=EXPLICIT,
                aggregation=ExplicitBucketHistogramAggregation(boundaries=BOUNDS),
            ),
            View(
                instrument_name=EXPONENTIAL, aggregation=ExponentialBucketHistogramAggregation()
            ),
        ],
    )
    meter = provider.get_meter("checkout.http", "1.4.0")
    requests = meter.create_counter("http.server.requests", unit="{request}")
    errors = meter.create_counter("http.server.errors", unit="{request}")
    durations = [meter.create_histogram(name, unit="s") for name in (EXPLICIT, EXPONENTIAL)]
    for _ in range(2):
        requests.add(1000)
        errors.add(5)
        for millis in range(1, 1001):
            for duration in durations:
                duration.record(millis / 1000)
        if not provider.force_flush():
            raise SystemExit("nothing was taken")
    provider.shutdown()


if __name__ == "__main__":
    main()
