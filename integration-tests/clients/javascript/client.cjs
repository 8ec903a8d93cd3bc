// A service that measures itself with OpenTelemetry's SDK for JavaScript and pushes what it measured:
//
//   client.cjs grpc|http/protobuf|http/json URL TOKEN delta|cumulative
//
// Two exports of 1,000 requests each, of which 5 fail, and which take from 1 ms to 1 s.
"use strict";

const { resourceFromAttributes } = require("@opentelemetry/resources");
const {
  AggregationType,
  MeterProvider,
  PeriodicExportingMetricReader,
} = require("@opentelemetry/sdk-metrics");
const {
  AggregationTemporalityPreference,
  OTLPMetricExporter: OverJson,
} = require("@opentelemetry/exporter-metrics-otlp-http");
const { OTLPMetricExporter: OverProtobuf } = require("@opentelemetry/exporter-metrics-otlp-proto");
const { OTLPMetricExporter: OverGrpc } = require("@opentelemetry/exporter-metrics-otlp-grpc");

const [protocol, url, token, temporality] = process.argv.slice(2);
const NEVER = 3_600_000;

function exporter() {
  const temporalityPreference =
    AggregationTemporalityPreference[temporality.toUpperCase()];
  const headers = { authorization: `Bearer ${token}` };
  switch (protocol) {
    case "grpc": {
      const { Metadata, credentials } = require("@grpc/grpc-js");
      const metadata = new Metadata();
      metadata.set("authorization", headers.authorization);
      return new OverGrpc({
        url,
        credentials: credentials.createInsecure(),
        metadata,
        temporalityPreference,
      });
    }
    case "http/protobuf":
      return new OverProtobuf({ url: `${url}/v1/metrics`, headers, temporalityPreference });
    case "http/json":
      return new OverJson({ url: `${url}/v1/metrics`, headers, temporalityPreference });
    default:
      throw new Error(`no such protocol: ${protocol}`);
  }
}

async function main() {
  const reader = new PeriodicExportingMetricReader({
    exporter: exporter(),
    exportIntervalMillis: NEVER,
  });
  const provider = new MeterProvider({
    resource: resourceFromAttributes({
      "service.name": "checkout-api",
      "deployment.environment.name": "production",
    }),
    readers: [reader],
    views: [
      {
        instrumentName: "http.server.request.duration",
        aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM },
      },
    ],
  });
  const meter = provider.getMeter("checkout.http", "1.4.0");
  const requests = meter.createCounter("http.server.requests", { unit: "{request}" });
  const errors = meter.createCounter("http.server.errors", { unit: "{request}" });
  const duration = meter.createHistogram("http.server.request.duration", { unit: "s" });
  for (let turn = 0; turn < 2; turn += 1) {
    requests.add(1000);
    errors.add(5);
    for (let millis = 1; millis <= 1000; millis += 1) {
      duration.record(millis / 1000);
    }
    await provider.forceFlush();
  }
  await provider.shutdown();
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
