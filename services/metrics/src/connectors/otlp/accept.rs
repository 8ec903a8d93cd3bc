//! From an export to what is kept of it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use passport_connector_sdk::redaction::Redactor;
use passport_evidence::freshness::SKEW;

use super::{
    decode::{
        Attribute, Data, Export, HistogramPoint, Metric, NumberPoint, ResourceMetrics,
        ScopeMetrics, Value,
    },
    identity::Identities,
    point::Check,
    record::{Batch, KeptAttribute, KeptMetric, KeptPoint, KeptSeries, Kind},
};

/// Most series of one delivery.
pub const MAX_SERIES: usize = 1000;

/// Why a point is rejected that no window reaches back to.
const TOO_OLD: &str = "too_old";

/// What may be kept.
#[derive(Debug, Clone)]
pub struct Allowed {
    /// The resource attribute `service.name`.
    pub service: String,
    /// The resource attribute `deployment.environment.name`, or its older name.
    pub environment: String,
    /// The resource attribute `service.version`; `None`: any.
    pub version: Option<String>,
    /// Names of metrics.
    pub metrics: BTreeSet<String>,
    /// Names of point attributes.
    pub attributes: BTreeSet<String>,
    /// How old a point may be.
    pub oldest: TimeDelta,
}

/// What became of an export.
#[derive(Debug, Default)]
pub struct Sifted {
    /// What is kept.
    pub batch: Batch,
    /// Points that nobody asked for, by reason.
    pub dropped: BTreeMap<&'static str, usize>,
    /// Points that were asked for and can't be used, by reason.
    pub rejected: BTreeMap<&'static str, usize>,
}

/// What is kept of a metric.
#[derive(Default)]
struct Part {
    series: BTreeMap<Vec<u8>, KeptSeries>,
    /// Time of the newest point that is missing; 0: none is.
    cut_at: u64,
}

struct Sieve<'a> {
    allowed: &'a Allowed,
    identities: &'a Identities,
    received_at: DateTime<Utc>,
    series: BTreeSet<Vec<u8>>,
    kept: BTreeMap<(String, String, Kind), Part>,
    redactor: Redactor,
    dropped: BTreeMap<&'static str, usize>,
    rejected: BTreeMap<&'static str, usize>,
}

/// Parts what a query asks for from what nobody asked for and from what can't be used.
pub fn sift(
    export: &Export,
    allowed: &Allowed,
    identities: &Identities,
    received_at: DateTime<Utc>,
) -> Sifted {
    let mut sieve = Sieve {
        allowed,
        identities,
        received_at,
        series: BTreeSet::new(),
        kept: BTreeMap::new(),
        redactor: Redactor::new(true),
        dropped: BTreeMap::new(),
        rejected: BTreeMap::new(),
    };
    for resource in &export.resource_metrics {
        sieve.resource(resource);
    }
    sieve.done()
}

// === impl Allowed ===

impl Allowed {
    /// Why a resource is none of ours.
    fn refuses(&self, resource: &[Attribute]) -> Option<&'static str> {
        if !is(resource, "service.name", &self.service) {
            return Some("other_service");
        }
        let newer = "deployment.environment.name";
        let name = match resource.iter().any(|attribute| attribute.key == newer) {
            true => newer,
            false => "deployment.environment",
        };
        if !is(resource, name, &self.environment) {
            return Some("other_environment");
        }
        match &self.version {
            Some(version) if !is(resource, "service.version", version) => Some("other_version"),
            Some(_) | None => None,
        }
    }
}

/// An attribute that stands there twice must be right twice.
fn is(attributes: &[Attribute], key: &str, wanted: &str) -> bool {
    let mut found = attributes.iter().filter(|it| it.key == key).peekable();
    found.peek().is_some() && found.all(|it| it.value == Value::Text(wanted.to_owned()))
}

// === impl Sieve ===

impl Sieve<'_> {
    fn resource(&mut self, resource: &ResourceMetrics) {
        let attributes = &resource.resource.attributes;
        let refused = self.allowed.refuses(attributes);
        for scope in &resource.scope_metrics {
            for metric in &scope.metrics {
                match refused {
                    Some(why) => count(&mut self.dropped, why, metric.data.len()),
                    None => self.metric(attributes, scope, metric),
                }
            }
        }
    }

    fn metric(&mut self, resource: &[Attribute], scope: &ScopeMetrics, metric: &Metric) {
        if !self.allowed.metrics.contains(&metric.name) {
            return count(&mut self.dropped, "other_metric", metric.data.len());
        }
        let kind = match kind(&metric.data) {
            Ok(Some(kind)) => kind,
            Ok(None) => return,
            Err(why) => {
                self.note_unread(metric);
                return count(&mut self.rejected, why, metric.data.len());
            }
        };
        let key = (metric.name.clone(), metric.unit.clone(), kind);
        let mut part = self.kept.remove(&key).unwrap_or_default();
        let mut lacking = Vec::new();
        for (attributes, point) in self.points(&metric.data, kind) {
            let id = self.identities.of(resource, &scope.scope, attributes);
            match point {
                Ok(point) if self.has_room(&metric.name, &id) => {
                    self.put(&mut part, id, attributes, point);
                }
                Ok(point) => {
                    part.cut_at = part.cut_at.max(point.time);
                    count(&mut self.rejected, "series_cap", 1);
                }
                Err(why) => {
                    if why != TOO_OLD {
                        lacking.push(id);
                    }
                    count(&mut self.rejected, why, 1);
                }
            }
        }
        // What is kept of a metric proves nothing good beside a series of it that could not be used;
        // of a present value another point of the same series will do.
        let lacks = |id: &Vec<u8>| kind != Kind::Gauge || !part.series.contains_key(id);
        if !part.series.is_empty() && lacking.iter().any(lacks) {
            let received_at = self.received_at.timestamp_nanos_opt().unwrap_or(i64::MAX);
            part.cut_at = part.cut_at.max(received_at.unsigned_abs());
        }
        let empty = part.series.is_empty() && part.cut_at == 0;
        // A counter that was sent and can't be used is not one that was never sent.
        if empty && kind != Kind::Gauge && metric.data.len() > 0 {
            self.note_unread(metric);
        }
        // What no query reads is noted without points, so that its facts say what is wrong.
        if !empty || kind == Kind::Unread {
            self.kept.insert(key, part);
        }
    }

    fn note_unread(&mut self, metric: &Metric) {
        let key = (metric.name.clone(), metric.unit.clone(), Kind::Unread);
        self.kept.entry(key).or_default();
    }

    fn points<'d>(
        &self,
        data: &'d Data,
        kind: Kind,
    ) -> Vec<(&'d [Attribute], Result<KeptPoint, &'static str>)> {
        let check = Check {
            kind,
            oldest: self.received_at - self.allowed.oldest,
            newest: self.received_at + SKEW,
        };
        let numbers = |points: &'d [NumberPoint]| {
            let read = |it: &'d NumberPoint| (it.attributes.as_slice(), check.number(it));
            points.iter().map(read).collect()
        };
        match data {
            Data::Nothing | Data::Unread(_) => Vec::new(),
            Data::Gauge(points) => numbers(points),
            Data::Sum(_) if kind == Kind::Unread => Vec::new(),
            Data::Sum(sum) => numbers(&sum.data_points),
            Data::Histogram(histogram) => {
                let read = |it: &'d HistogramPoint| (it.attributes.as_slice(), check.buckets(it));
                histogram.data_points.iter().map(read).collect()
            }
        }
    }

    fn has_room(&mut self, metric: &str, id: &[u8]) -> bool {
        let series = [metric.as_bytes(), id].concat();
        if self.series.len() >= MAX_SERIES && !self.series.contains(&series) {
            return false;
        }
        self.series.insert(series);
        true
    }

    fn put(&self, part: &mut Part, id: Vec<u8>, attributes: &[Attribute], point: KeptPoint) {
        let one = part.series.entry(id).or_insert_with_key(|id| KeptSeries {
            id: id.clone(),
            attributes: self.kept_attributes(attributes),
            points: Vec::new(),
        });
        one.points.push(point);
    }

    /// Redacted, since a harmless name says nothing of what a sender puts into the value.
    fn kept_attributes(&self, attributes: &[Attribute]) -> Vec<KeptAttribute> {
        let named = attributes
            .iter()
            .filter(|it| self.allowed.attributes.contains(&it.key));
        let kept = named.filter_map(|it| match &it.value {
            Value::Text(text) => Some(KeptAttribute {
                key: it.key.clone(),
                value: self.redactor.excerpt(text).text,
            }),
            Value::Unset
            | Value::Bool(_)
            | Value::Int(_)
            | Value::Double(_)
            | Value::Bytes(_)
            | Value::List(_)
            | Value::Map(_) => None,
        });
        kept.collect()
    }

    fn done(self) -> Sifted {
        let metrics = self
            .kept
            .into_iter()
            .map(|((name, unit, kind), part)| KeptMetric {
                name,
                unit,
                kind: kind.into(),
                series: part.series.into_values().collect(),
                cut_at: part.cut_at,
            });
        Sifted {
            batch: Batch {
                metrics: metrics.collect(),
            },
            dropped: self.dropped,
            rejected: self.rejected,
        }
    }
}

/// What the points are; `None`: there are none.
fn kind(data: &Data) -> Result<Option<Kind>, &'static str> {
    Ok(Some(match data {
        Data::Nothing => return Ok(None),
        Data::Gauge(_) => Kind::Gauge,
        Data::Sum(sum) => match (sum.aggregation_temporality, sum.is_monotonic) {
            (1, true) => Kind::DeltaSum,
            (2, true) => Kind::CumulativeSum,
            // What goes up and down since its start is a present value.
            (2, false) => Kind::Gauge,
            (1, false) => Kind::Unread,
            _ => return Err("temporality"),
        },
        Data::Histogram(histogram) => match histogram.aggregation_temporality {
            1 => Kind::DeltaHistogram,
            2 => Kind::CumulativeHistogram,
            _ => return Err("temporality"),
        },
        Data::Unread(_) => Kind::Unread,
    }))
}

fn count(counts: &mut BTreeMap<&'static str, usize>, why: &'static str, points: usize) {
    if points > 0 {
        *counts.entry(why).or_default() += points;
    }
}
