//! From an export to what is kept of it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use passport_connector_sdk::redaction::Redactor;
use passport_evidence::freshness::SKEW;

use super::{
    decode::{Attribute, Export, Metric, ResourceMetrics, ScopeMetrics, Value},
    identity::Identities,
    point::{Check, FUTURE, NO_TIME, TOO_OLD},
    record::{Batch, KeptAttribute, KeptMetric, KeptPoint, KeptSeries, Kind},
    sent::{kind, points},
};

/// Most series of one delivery.
pub const MAX_SERIES: usize = 1000;

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
    /// Time of the newest point that there was no room for; 0: there was room for all.
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

// === impl Part ===

impl Part {
    fn has_a_value(&self, id: &[u8]) -> bool {
        let series = self.series.get(id);
        series.is_some_and(|series| series.points.iter().any(|point| !point.unusable))
    }
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
        let mut undated = Vec::new();
        for sent in points(&metric.data, &self.check(kind)) {
            let id = self.identities.of(resource, &scope.scope, sent.attributes);
            match sent.point {
                Ok(point) => self.put(&mut part, metric, id, sent.attributes, point),
                Err(why) => {
                    count(&mut self.rejected, why, 1);
                    match why {
                        TOO_OLD => {}
                        FUTURE | NO_TIME => undated.push((id, sent.attributes, why)),
                        _ => {
                            let lost = KeptPoint::unusable(sent.time);
                            self.put(&mut part, metric, id, sent.attributes, lost);
                        }
                    }
                }
            }
        }
        for (id, attributes, why) in undated {
            // A clock that ran ahead once says nothing against what its series said beside it.
            if why == NO_TIME || !part.has_a_value(&id) {
                let lost = KeptPoint::unusable(self.received_at());
                self.put(&mut part, metric, id, attributes, lost);
            }
        }
        // What no query reads is noted without points, so that its facts say what is wrong.
        if !part.series.is_empty() || part.cut_at > 0 || kind == Kind::Unread {
            self.kept.insert(key, part);
        }
    }

    fn received_at(&self) -> u64 {
        let nanoseconds = self.received_at.timestamp_nanos_opt();
        nanoseconds.unwrap_or(i64::MAX).unsigned_abs()
    }

    fn note_unread(&mut self, metric: &Metric) {
        let key = (metric.name.clone(), metric.unit.clone(), Kind::Unread);
        self.kept.entry(key).or_default();
    }

    fn check(&self, kind: Kind) -> Check {
        Check {
            kind,
            oldest: self.received_at - self.allowed.oldest,
            newest: self.received_at + SKEW,
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

    fn put(
        &mut self,
        part: &mut Part,
        metric: &Metric,
        id: Vec<u8>,
        attributes: &[Attribute],
        point: KeptPoint,
    ) {
        if !self.has_room(&metric.name, &id) {
            part.cut_at = part.cut_at.max(point.time);
            return match point.unusable {
                true => {}
                false => count(&mut self.rejected, "series_cap", 1),
            };
        }
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

fn count(counts: &mut BTreeMap<&'static str, usize>, why: &'static str, points: usize) {
    if points > 0 {
        *counts.entry(why).or_default() += points;
    }
}
