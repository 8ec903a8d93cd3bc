//! Whatever is changed in good answers, nothing passes that they do not say.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use passport_aws_api::Answer;
use passport_connector_sdk::{
    Object, ReadError,
    query::{Asked, AskedState},
    settings::{Reduce, Span},
};
use passport_evidence::{Fact, FactName, Limits, MaxAge, Status, Threshold, Unit};
use passport_testkit::change::changed;
use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    changes::change,
    oracle::{self, MAX_AGE, METRIC_SETTLE, METRIC_WINDOW, NOW, SETTLE, WINDOW},
};
use crate::connectors::cloudwatch_logs::{
    alarm,
    ask::{Answers, Ask, Lines, Metric, Stretch, Told},
    count,
    lines::{Events, Ran},
    metric::{self, Points},
    model::FilterLogEvents,
    settings::MetricSettings,
};

const CHANGED: u32 = 20_000;
const ALARM: &str = "checkout-api-5xx";

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(NOW, 0).unwrap()
}

fn max_age() -> MaxAge {
    MaxAge::from_secs(MAX_AGE.unsigned_abs()).unwrap()
}

fn asked(threshold: &str) -> Asked {
    Asked {
        name: FactName::new("error_log_count").unwrap(),
        item: None,
        unit: Unit::Count,
        domain: (Some(0.into()), None),
        limits: Limits::from(threshold.parse::<Threshold>().unwrap()),
        reduce: Reduce::Single,
        expect_series: None,
        digest: None,
    }
}

fn read<T: DeserializeOwned>(body: &Value) -> Result<T, ReadError> {
    let Object(found) = serde_json::from_value(body.clone()).map_err(|_| ReadError::Shape)?;
    Ok(found)
}

fn stretch(window: i64, settle: i64) -> Stretch {
    let seconds = |it: i64| u32::try_from(it).unwrap();
    Stretch {
        window: seconds(window),
        settle: seconds(settle),
    }
}

fn insights(text: &str) -> Ask {
    Ask::Insights {
        text: text.to_owned(),
        stretch: stretch(WINDOW, SETTLE),
        limit: 1,
    }
}

fn lines(own: Ask) -> Lines {
    Lines {
        own,
        heartbeat: insights("heartbeat"),
        excerpts: 0,
    }
}

fn ran(body: &Value) -> Result<Told, ReadError> {
    read(body).and_then(Ran::of).map(Told::Ran)
}

fn of_count(own: Ask, told: Result<Told, ReadError>, heartbeat: &Value, threshold: &str) -> Fact {
    let lines = lines(own);
    let all = [
        (lines.own.clone(), told),
        (lines.heartbeat.clone(), ran(heartbeat)),
    ];
    let answers = Answers(BTreeMap::from(all));
    let counted = count::counted(&lines, &answers, None, now());
    count::fact(&asked(threshold), counted, max_age(), now())
}

fn of_rows(own: &Value, heartbeat: &Value) -> Fact {
    of_count(insights("own"), ran(own), heartbeat, "< 100")
}

fn of_events(own: &Value, heartbeat: &Value) -> Fact {
    let told = read::<FilterLogEvents>(own).and_then(|page| {
        let mut events = Events::none();
        events.add("a", page.events.ok_or(ReadError::Shape)?)?;
        Ok(Told::Events(events))
    });
    let ask = Ask::Events {
        pattern: "own".to_owned(),
        stretch: stretch(WINDOW, SETTLE),
        pages: 1,
    };
    of_count(ask, told, heartbeat, "< 3")
}

fn of_points(body: &Value) -> Fact {
    let dimension = ("service".to_owned(), "checkout-api".to_owned());
    let settings = MetricSettings {
        namespace: "Shop".to_owned(),
        name: "Errors".to_owned(),
        dimensions: BTreeMap::from([dimension]),
        stat: "Sum".to_owned(),
        period: Span::of_seconds(60),
    };
    let metric = Metric {
        settings: settings.into(),
        stretch: stretch(METRIC_WINDOW, METRIC_SETTLE),
    };
    let told = read(body).and_then(|page| {
        let mut points = Points::default();
        points.add(page)?;
        Ok(Told::Points(points))
    });
    let answers = Answers(BTreeMap::from([(Ask::Metric(metric.clone()), told)]));
    let reading = metric::reading(&metric, Unit::Count, &answers, now());
    metric::fact(&asked("< 5"), reading, max_age(), now())
}

fn of_alarm(body: &Value) -> Fact {
    let asked = AskedState {
        name: FactName::new("alarm_state").unwrap(),
        item: None,
        wanted: Some(Threshold::equals("OK")),
    };
    let told = read(body).map(|found| {
        Told::Alarms(Answer {
            found,
            observed_at: now(),
        })
    });
    let answers = Answers(BTreeMap::from([(Ask::Alarm(ALARM.to_owned()), told)]));
    alarm::fact(&asked, ALARM, &answers)
}

fn passes(fact: &Fact) -> bool {
    fact.status() == Status::Passed
}

#[test]
fn good_answers_pass() {
    let (own, heartbeat) = (oracle::rows(14), oracle::rows(6_050));
    let few = |it: f64| (0.0..100.0).contains(&it);
    assert!(passes(&of_rows(&own, &heartbeat)) && oracle::counted(&own).is_some_and(few));
    assert!(passes(&of_events(&oracle::events(), &heartbeat)) && oracle::is_alive(&heartbeat));
    assert!(
        passes(&of_points(&oracle::points())) && oracle::newest(&oracle::points()) == Some(2.0)
    );
    assert!(passes(&of_alarm(&oracle::alarm())) && oracle::is_well(&oracle::alarm()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CHANGED, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_count_passes_only_where_it_says_so(
        own in prop::collection::vec(change(), 0..4),
        heartbeat in prop::collection::vec(change(), 0..4),
    ) {
        let (own, heartbeat) = (changed(oracle::rows(14), &own), changed(oracle::rows(6_050), &heartbeat));
        let few = oracle::counted(&own).is_some_and(|it| (0.0..100.0).contains(&it));
        let may = few && oracle::is_alive(&heartbeat);
        prop_assert!(may || !passes(&of_rows(&own, &heartbeat)), "{own} {heartbeat}");
    }

    #[test]
    fn changed_lines_pass_only_where_they_are_few(
        own in prop::collection::vec(change(), 1..4),
        heartbeat in prop::collection::vec(change(), 0..3),
    ) {
        let (own, heartbeat) = (changed(oracle::events(), &own), changed(oracle::rows(6_050), &heartbeat));
        let may = oracle::fitting(&own).is_some_and(|it| it < 3) && oracle::is_alive(&heartbeat);
        prop_assert!(may || !passes(&of_events(&own, &heartbeat)), "{own} {heartbeat}");
    }

    #[test]
    fn a_changed_metric_passes_only_where_it_says_so(changes in prop::collection::vec(change(), 1..5)) {
        let body = changed(oracle::points(), &changes);
        let may = oracle::newest(&body).is_some_and(|it| (0.0..5.0).contains(&it));
        prop_assert!(may || !passes(&of_points(&body)), "{body}");
    }

    #[test]
    fn a_changed_alarm_passes_only_where_it_is_well(changes in prop::collection::vec(change(), 1..5)) {
        let body = changed(oracle::alarm(), &changes);
        prop_assert!(oracle::is_well(&body) || !passes(&of_alarm(&body)), "{body}");
    }
}
