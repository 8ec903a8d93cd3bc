//! Metrics: what of them is asked for, and what the answers mean.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use passport_aws_api::{Answer, Asking, JsonApi, Moment};
use passport_connector_sdk::{
    Object, ReadError,
    query::{self, Asked, Reading, Sample, Volume},
};
use passport_evidence::{Fact, MaxAge, Reason, Unit};
use serde_json::{Number, Value, json};

use super::{
    ask::{Answers, Ask, Metric, Told, span},
    model::{GetMetricData, MetricDataResult},
    settings::MetricSettings,
};

const ID: &str = "m1";
/// Most pages of points.
const MAX_PAGES: usize = 5;
/// Points of a metric, and how the service speaks of them.
#[derive(Debug, Clone, Default)]
pub struct Points {
    all: Vec<(DateTime<Utc>, Number)>,
    /// The service says, or it shows, that some are missing.
    pub partial: Option<Reason>,
    has_messages: bool,
    /// Nothing can be concluded.
    pub wrong: Option<Reason>,
}

/// First and last second of what is asked for, on boundaries of periods.
fn seconds(metric: &Metric, now: DateTime<Utc>) -> (i64, i64) {
    let period = i64::from(metric.settings.period.as_secs()).max(1);
    let floor = |it: i64| it - it.rem_euclid(period);
    let end = floor(now.timestamp());
    (floor(end - i64::from(metric.stretch.window)), end)
}

impl Metric {
    /// What is asked, without times.
    pub fn stat(&self) -> Value {
        let MetricSettings {
            namespace,
            name,
            dimensions,
            stat,
            period,
        } = &*self.settings;
        let dimensions: Vec<_> = dimensions
            .iter()
            .map(|(name, value)| json!({"Name": name, "Value": value}))
            .collect();
        let metric = json!({"Namespace": namespace, "MetricName": name, "Dimensions": dimensions});
        json!({"Metric": metric, "Period": period.as_secs(), "Stat": stat})
    }
}

fn question(metric: &Metric, now: DateTime<Utc>) -> Value {
    let (start, end) = seconds(metric, now);
    json!({
        "StartTime": start, "EndTime": end, "ScanBy": "TimestampDescending",
        "MetricDataQueries": [{"Id": ID, "MetricStat": metric.stat(), "ReturnData": true}],
    })
}

/// Reads the points of a metric, page by page.
pub async fn read(api: &JsonApi, metric: &Metric, asking: Asking<'_>) -> Result<Points, ReadError> {
    let mut input = question(metric, asking.request.now);
    let mut points = Points::default();
    for page in 1..=MAX_PAGES {
        let answer: Answer<GetMetricData> = api.call("GetMetricData", &input, asking).await?;
        let next = answer.found.next_token.clone();
        points.add(answer.found)?;
        match (next, &mut input) {
            (None, _) => break,
            (Some(token), Value::Object(keys)) if page < MAX_PAGES => {
                keys.insert("NextToken".to_owned(), token.into());
            }
            (Some(_), _) => points.partial = Some(Reason::Incomplete),
        }
    }
    Ok(points)
}

// === impl Points ===

impl Points {
    /// Those of a page, too. What an earlier page lacked, a later one may bring: the last one counts.
    pub fn add(&mut self, page: GetMetricData) -> Result<(), ReadError> {
        let results = page.metric_data_results.ok_or(ReadError::Shape)?;
        let has_messages = |it: &Option<Vec<_>>| it.as_ref().is_some_and(|all| !all.is_empty());
        let result = match results.as_slice() {
            [] => return self.is_wrong(Reason::NoData),
            [Object(one)] if one.id.as_deref() == Some(ID) => one,
            [Object(_)] => return self.is_wrong(Reason::FilterNotApplied),
            [..] => return self.is_wrong(Reason::Ambiguous),
        };
        // A message of an earlier page is not taken back by a later one.
        let told = self.partial.filter(|_| self.has_messages);
        self.partial = match result.status_code.as_deref() {
            Some("Complete") => told,
            Some("PartialData") => Some(Reason::PartialResponse),
            Some("InternalError") => return self.is_wrong(Reason::Unavailable),
            Some("Forbidden") => return self.is_wrong(Reason::Denied),
            Some(_) => return self.is_wrong(Reason::UnrecognizedState),
            None => return Err(ReadError::Shape),
        };
        if has_messages(&page.messages) || has_messages(&result.messages) {
            self.has_messages = true;
            self.partial = Some(Reason::PartialResponse);
        }
        self.all.extend(paired(result)?);
        Ok(())
    }

    fn is_wrong(&mut self, reason: Reason) -> Result<(), ReadError> {
        self.wrong = Some(reason);
        Ok(())
    }
}

fn paired(result: &MetricDataResult) -> Result<Vec<(DateTime<Utc>, Number)>, ReadError> {
    let times = result.timestamps.as_deref().ok_or(ReadError::Shape)?;
    let values = result.values.as_deref().ok_or(ReadError::Shape)?;
    if times.len() != values.len() {
        return Err(ReadError::Shape);
    }
    let pairs = times.iter().zip(values);
    Ok(pairs.map(|(Moment(at), it)| (*at, it.clone())).collect())
}

/// What the newest period says that is over and settled.
pub fn reading(
    metric: &Metric,
    unit: Unit,
    answers: &Answers,
    now: DateTime<Utc>,
) -> Result<Reading, Reason> {
    let points = match answers.0.get(&Ask::Metric(metric.clone())) {
        Some(Ok(Told::Points(points))) => points,
        Some(Ok(Told::Ran(_) | Told::Events(_) | Told::Alarms(_))) => {
            return Err(Reason::UnexpectedShape);
        }
        Some(Err(error)) => return Err(error.reason()),
        None => return Err(Reason::Unavailable),
    };
    if let Some(reason) = points.wrong {
        return Err(reason);
    }
    let (start, end) = seconds(metric, now);
    let is_asked = |at: &DateTime<Utc>| (start..=end).contains(&at.timestamp());
    if !points.all.iter().all(|(at, _)| is_asked(at)) {
        return Err(Reason::FilterNotApplied);
    }
    let period = span(metric.settings.period.as_secs());
    let settle = span(metric.stretch.settle);
    let settled = points
        .all
        .iter()
        .filter(|(at, _)| *at + period + settle <= now);
    let mut by_time = BTreeMap::<_, Vec<_>>::new();
    for (at, number) in settled {
        by_time.entry(*at).or_default().push(number);
    }
    let (begins, numbers) = by_time.pop_last().ok_or(Reason::NoData)?;
    let [number] = numbers.as_slice() else {
        return Err(Reason::Ambiguous);
    };
    let sample = match (Sample::of_json(Some(number)), points.partial, unit) {
        // What is missing could only add to it.
        (Sample::Number(number), Some(_), Unit::Count) => Sample::AtLeast(number),
        (sample, _, _) => sample,
    };
    Ok(Reading {
        samples: vec![sample],
        time: Some(begins + period),
        volume: Volume::NotAsked,
        absent_is_zero: false,
        partial: points.partial,
    })
}

/// The fact of a metric.
pub fn fact(
    asked: &Asked,
    reading: Result<Reading, Reason>,
    max_age: MaxAge,
    now: DateTime<Utc>,
) -> Fact {
    match reading {
        Err(reason) => asked.unknown(reason),
        Ok(reading) => {
            let fact = asked.judge(&reading, max_age, now);
            match reading.partial {
                Some(_) => query::flagged(fact),
                None => fact,
            }
        }
    }
}
