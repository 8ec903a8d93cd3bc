//! The protocol's binary form.

use opentelemetry_proto::tonic::{
    collector::metrics::v1::ExportMetricsServiceRequest,
    common::v1::{AnyValue, KeyValue, any_value},
    metrics::v1 as proto,
};

use super::{
    Attribute, Data, ExponentialBuckets, ExponentialHistogram, ExponentialPoint, Export, Histogram,
    HistogramPoint, InstrumentationScope, Metric, Number, NumberPoint, QuantileValue, Resource,
    ResourceMetrics, ScopeMetrics, Sum, SummaryPoint, Value,
};

fn all<From, To: std::convert::From<From>>(items: Vec<From>) -> Vec<To> {
    items.into_iter().map(To::from).collect()
}

impl From<ExportMetricsServiceRequest> for Export {
    fn from(wire: ExportMetricsServiceRequest) -> Self {
        Self {
            resource_metrics: all(wire.resource_metrics),
        }
    }
}

impl From<proto::ResourceMetrics> for ResourceMetrics {
    fn from(wire: proto::ResourceMetrics) -> Self {
        let attributes = wire.resource.map(|resource| all(resource.attributes));
        Self {
            resource: Resource {
                attributes: attributes.unwrap_or_default(),
            },
            scope_metrics: all(wire.scope_metrics),
        }
    }
}

impl From<proto::ScopeMetrics> for ScopeMetrics {
    fn from(wire: proto::ScopeMetrics) -> Self {
        let scope = wire.scope.map(|scope| InstrumentationScope {
            name: scope.name,
            version: scope.version,
            attributes: all(scope.attributes),
        });
        Self {
            scope: scope.unwrap_or_default(),
            metrics: all(wire.metrics),
        }
    }
}

impl From<proto::Metric> for Metric {
    fn from(wire: proto::Metric) -> Self {
        Self {
            name: wire.name,
            unit: wire.unit,
            data: wire.data.map(Data::from).unwrap_or_default(),
        }
    }
}

impl From<proto::metric::Data> for Data {
    fn from(wire: proto::metric::Data) -> Self {
        use proto::metric::Data as Wire;
        match wire {
            Wire::Gauge(gauge) => Self::Gauge(all(gauge.data_points)),
            Wire::Sum(sum) => Self::Sum(Sum {
                aggregation_temporality: sum.aggregation_temporality,
                is_monotonic: sum.is_monotonic,
                data_points: all(sum.data_points),
            }),
            Wire::Histogram(histogram) => Self::Histogram(Histogram {
                aggregation_temporality: histogram.aggregation_temporality,
                data_points: all(histogram.data_points),
            }),
            Wire::ExponentialHistogram(histogram) => Self::Exponential(ExponentialHistogram {
                aggregation_temporality: histogram.aggregation_temporality,
                data_points: all(histogram.data_points),
            }),
            Wire::Summary(summary) => Self::Summary(all(summary.data_points)),
        }
    }
}

impl From<proto::NumberDataPoint> for NumberPoint {
    fn from(wire: proto::NumberDataPoint) -> Self {
        use proto::number_data_point::Value as Wire;
        let value = wire.value.map(|value| match value {
            Wire::AsDouble(double) => Number::Double(double),
            Wire::AsInt(int) => Number::Int(int),
        });
        Self {
            attributes: all(wire.attributes),
            start: wire.start_time_unix_nano,
            time: wire.time_unix_nano,
            flags: wire.flags,
            value,
        }
    }
}

impl From<proto::HistogramDataPoint> for HistogramPoint {
    fn from(wire: proto::HistogramDataPoint) -> Self {
        Self {
            attributes: all(wire.attributes),
            start: wire.start_time_unix_nano,
            time: wire.time_unix_nano,
            flags: wire.flags,
            count: wire.count,
            bucket_counts: wire.bucket_counts,
            explicit_bounds: wire.explicit_bounds,
        }
    }
}

impl From<proto::ExponentialHistogramDataPoint> for ExponentialPoint {
    fn from(wire: proto::ExponentialHistogramDataPoint) -> Self {
        let buckets = |it: Option<proto::exponential_histogram_data_point::Buckets>| {
            let buckets = it.map(|it| ExponentialBuckets {
                offset: it.offset,
                bucket_counts: it.bucket_counts,
            });
            buckets.unwrap_or_default()
        };
        Self {
            attributes: all(wire.attributes),
            start: wire.start_time_unix_nano,
            time: wire.time_unix_nano,
            flags: wire.flags,
            count: wire.count,
            scale: wire.scale,
            zero_count: wire.zero_count,
            zero_threshold: wire.zero_threshold,
            positive: buckets(wire.positive),
            negative: buckets(wire.negative),
        }
    }
}

impl From<proto::SummaryDataPoint> for SummaryPoint {
    fn from(wire: proto::SummaryDataPoint) -> Self {
        let quantile = |it: proto::summary_data_point::ValueAtQuantile| QuantileValue {
            quantile: it.quantile,
            value: it.value,
        };
        Self {
            attributes: all(wire.attributes),
            start: wire.start_time_unix_nano,
            time: wire.time_unix_nano,
            flags: wire.flags,
            count: wire.count,
            quantile_values: wire.quantile_values.into_iter().map(quantile).collect(),
        }
    }
}

impl From<KeyValue> for Attribute {
    fn from(wire: KeyValue) -> Self {
        Self {
            key: wire.key,
            value: wire.value.map(Value::from).unwrap_or_default(),
        }
    }
}

impl From<AnyValue> for Value {
    fn from(wire: AnyValue) -> Self {
        use any_value::Value as Wire;
        match wire.value {
            None => Self::Unset,
            Some(Wire::StringValue(text)) => Self::Text(text),
            Some(Wire::BoolValue(bool)) => Self::Bool(bool),
            Some(Wire::IntValue(int)) => Self::Int(int),
            Some(Wire::DoubleValue(double)) => Self::Double(double),
            Some(Wire::BytesValue(bytes)) => Self::Bytes(bytes),
            Some(Wire::ArrayValue(list)) => Self::List(all(list.values)),
            Some(Wire::KvlistValue(map)) => Self::Map(all(map.values)),
            // An index into a table that exports of metrics do not have.
            Some(Wire::StringValueStrindex(_)) => Self::Unset,
        }
    }
}
