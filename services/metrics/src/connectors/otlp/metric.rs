//! What was kept for a source, by metric and series.

use std::collections::{BTreeMap, BTreeSet};

use passport_connector_sdk::Record;
use passport_evidence::Reason;
use prost::Message;

use super::{
    amounts::Point,
    record::{Batch, KeptMetric, Kind},
    series::Series,
};

/// All that was kept for a source.
#[derive(Debug, Default)]
pub struct Store(BTreeMap<String, Metric>);

/// All that was kept of a metric.
#[derive(Debug, Default)]
pub struct Metric {
    forms: BTreeSet<(i32, String)>,
    /// Its series by identity.
    pub series: BTreeMap<Vec<u8>, Series>,
    /// Time of the newest point of a series that was cut; 0: none was.
    cut_at: u64,
}

// === impl Store ===

impl Store {
    /// Reads what was kept. An error means that it was not written by this connector.
    pub fn read(records: &[Record]) -> Result<Self, prost::DecodeError> {
        let mut store = Self::default();
        for record in records {
            for metric in Batch::decode(record.body.clone())?.metrics {
                store.add(metric);
            }
        }
        for metric in store.0.values_mut() {
            metric.series.values_mut().for_each(Series::settle);
        }
        Ok(store)
    }

    fn add(&mut self, kept: KeptMetric) {
        let metric = self.0.entry(kept.name).or_default();
        metric.forms.insert((kept.kind, kept.unit));
        metric.cut_at = metric.cut_at.max(kept.cut_at);
        for series in kept.series {
            let points = series.points.into_iter().map(Point::from);
            metric.series.entry(series.id).or_default().extend(points);
        }
    }

    /// What was kept of a metric.
    pub fn metric(&self, name: &str) -> Result<&Metric, Reason> {
        self.0.get(name).ok_or(Reason::NoData)
    }
}

// === impl Metric ===

impl Metric {
    /// Kind and unit. A metric that changed either is not to be read.
    pub fn form(&self) -> Result<(Kind, &str), Reason> {
        let mut forms = self.forms.iter();
        match (forms.next(), forms.next()) {
            (Some((kind, unit)), None) => {
                let kind = Kind::try_from(*kind).map_err(|_| Reason::UnexpectedShape)?;
                Ok((kind, unit))
            }
            (None, _) | (Some(_), Some(_)) => Err(Reason::UnexpectedShape),
        }
    }

    /// Whether series of it were sent after a time and not kept, so that what is kept is a part.
    pub const fn is_cut_after(&self, time: u64) -> bool {
        self.cut_at > time
    }

    /// Time of the newest point that has a value.
    pub fn newest(&self) -> Option<u64> {
        let values = |series: &Series| series.values().map(|(point, _)| point.time).max();
        self.series.values().filter_map(values).max()
    }
}
