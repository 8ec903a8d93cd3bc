//! What webhooks said that the API may not show yet, in whichever order they came. Pure.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use passport_connector_sdk::{Kept, Object};
use passport_evidence::{Fact, Status};

use super::{model::Incident, pull::Found, webhook::News};

/// How far the API may lag behind a webhook.
const LAG: TimeDelta = TimeDelta::seconds(60);

/// Incidents that opened a moment ago. Of each the latest word counts, and of two at the same moment the
/// worse one; what lies ahead of the clock counts for nothing.
pub fn open(kept: &Kept, now: DateTime<Utc>) -> Vec<Object<Incident>> {
    let mut latest: BTreeMap<String, News> = BTreeMap::new();
    for record in &kept.records {
        let Ok(news) = serde_json::from_slice::<Object<News>>(&record.body) else {
            continue;
        };
        let news = news.0;
        let order = |it: &News| (it.at, it.is_open);
        let known = latest.get(&news.incident);
        if news.at <= now && known.is_none_or(|it| order(&news) > order(it)) {
            latest.insert(news.incident.clone(), news);
        }
    }
    let open = latest.into_values();
    open.filter(|it| it.is_open && now - it.at <= LAG)
        .map(|it| Object(it.incident()))
        .collect()
}

/// What was found, with incidents that only webhooks told of; `None` where there is none.
pub fn with(found: &Found, open: Vec<Object<Incident>>) -> Option<Found> {
    let mut found = found.clone();
    let incidents = found.incidents.as_mut().ok()?;
    let is_known =
        |it: &Object<Incident>, rows: &[Object<Incident>]| rows.iter().any(|row| row.id == it.id);
    let before = incidents.rows.len();
    for it in open {
        if !is_known(&it, &incidents.rows) {
            incidents.rows.push(it);
        }
    }
    (incidents.rows.len() > before).then_some(found)
}

/// Facts that failed by what webhooks told; all others as the API shows them, so that no webhook ever
/// makes anything better.
pub fn worse(by_api: Vec<Fact>, by_webhook: Vec<Fact>) -> Vec<Fact> {
    let facts = by_api.into_iter().zip(by_webhook);
    let pick = |(shown, told): (Fact, Fact)| {
        let is_same = shown.name() == told.name() && shown.item() == told.item();
        match is_same && told.status() == Status::Failed {
            true => told,
            false => shown,
        }
    };
    facts.map(pick).collect()
}
