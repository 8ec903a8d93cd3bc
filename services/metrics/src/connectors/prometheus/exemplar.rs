//! Exemplars, after the page "Querying exemplars" of Prometheus: single measurements that a series
//! rests on, each with the trace that it was made in.

use std::collections::BTreeMap;

use passport_connector_sdk::{Builder, ReadError, Reply};
use passport_evidence::quantity::parse_number;
use serde::Deserialize;

use super::{answer, settings::ExemplarSettings, template::Labels};

/// Where the id of the trace goes.
const PLACEHOLDER: &str = "${trace}";
/// Lengths of an id: 64 bits as hexadecimal digits and more, or a UUID.
const ID: std::ops::RangeInclusive<usize> = 16..=64;
/// Longest link.
const MAX_LINK: usize = 1_000;

/// How a fact is linked to a trace.
#[derive(Debug, Clone)]
pub struct Link {
    template: String,
    label: String,
}

/// Exemplars of one series.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OfSeries {
    series_labels: BTreeMap<String, String>,
    exemplars: Vec<Exemplar>,
}

#[derive(Debug, Clone, Deserialize)]
struct Exemplar {
    labels: BTreeMap<String, String>,
    value: String,
    timestamp: f64,
}

/// Reads the answer.
pub fn read(reply: &Reply) -> Result<Vec<OfSeries>, ReadError> {
    answer::data(reply)
}

// === impl Link ===

impl Link {
    /// A page that exists for every trace, and no other page.
    pub fn build(at: &str, settings: &ExemplarSettings, builder: &mut Builder<'_>) -> Option<Self> {
        if !is_page(&settings.link) {
            let fix = "write one such as https://traces.example.com/trace/${trace}";
            let reason = "is no https address with ${trace} once in its path or query";
            builder.problem(format!("{at}.link"), reason, fix);
            return None;
        }
        Some(Self {
            template: settings.link.clone(),
            label: settings.label.clone(),
        })
    }

    /// The page of the trace of the largest measurement, of several such the newest. Nothing that is not
    /// of the scope, and no text that is no id, gets into an address.
    pub fn of(&self, all: &[OfSeries], scope: &Labels) -> Option<String> {
        let own = all.iter().filter(|it| it.is_of(scope));
        let exemplars = own.flat_map(|it| &it.exemplars);
        let told = exemplars.filter_map(|it| {
            let id = it.labels.get(&self.label).filter(|id| is_id(id))?;
            Some((parse_number(&it.value).ok()?, it.timestamp, id))
        });
        let (_, _, id) =
            told.max_by(|one, other| one.0.cmp(&other.0).then(one.1.total_cmp(&other.1)))?;
        Some(self.template.replace(PLACEHOLDER, id))
    }
}

// === impl OfSeries ===

impl OfSeries {
    fn is_of(&self, scope: &Labels) -> bool {
        let mut labels = scope.iter();
        labels.all(|(name, value)| self.series_labels.get(name).is_some_and(|it| it == value))
    }
}

fn is_page(link: &str) -> bool {
    let Some((before, after)) = link.split_once(PLACEHOLDER) else {
        return false;
    };
    let origin = before.strip_prefix("https://");
    let host = origin
        .and_then(|it| it.split_once('/'))
        .map(|(host, _)| host);
    let in_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':');
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '\\' | '$');
    link.len() <= MAX_LINK
        && host.is_some_and(|host| !host.is_empty() && host.chars().all(in_host))
        && before.chars().chain(after.chars()).all(plain)
}

fn is_id(text: &str) -> bool {
    let in_id = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-';
    ID.contains(&text.len()) && text.bytes().all(in_id)
}

#[cfg(test)]
mod tests;
