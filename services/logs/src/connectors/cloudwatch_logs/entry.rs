//! One entry of `queries`, while it is checked.

use passport_connector_sdk::{
    Builder,
    settings::{NamedQuery, Span},
};

use super::{
    ask::{Ask, Lines, Metric, Stretch},
    insights, metric_check, pattern,
    query::Kind,
    scope::Scope,
    settings::{MetricSettings, OwnSettings},
};
use crate::excerpts;

/// How far back lines are counted, and when that ends: Insights sees events some minutes late, and bills
/// what it scans.
const LINES: [Span; 3] = [
    Span::of_seconds(600),
    Span::of_seconds(300),
    Span::of_seconds(3_600),
];
/// The same of metrics.
const METRICS: [Span; 3] = [
    Span::of_seconds(900),
    Span::of_seconds(60),
    Span::of_seconds(86_400),
];
/// Longest time ago that a window may end.
const MAX_SETTLE: Span = Span::of_seconds(3_600);
/// Pages that a filter pattern reads where the settings don't say, and the most that they may.
const PAGES: u32 = 10;
const MAX_PAGES: u32 = 50;
/// Longest name of an alarm.
const MAX_ALARM: usize = 255;
/// The one state that passes.
const OK: &str = "OK";

/// Facts that are counts of lines, and the one that is a state; the others are metrics.
const OF_LINES: [&str; 5] = [
    "error_log_count",
    "log_lines",
    "startup_failure_count",
    "rollback_marker_count",
    "incident_marker_count",
];
const OF_ALARM: &str = "alarm_state";

/// One entry while it is checked.
pub struct Entry<'a, 'b, 'c> {
    pub id: &'a str,
    pub settings: &'a NamedQuery<OwnSettings>,
    pub scope: &'a Scope,
    pub builder: &'b mut Builder<'c>,
}

impl Entry<'_, '_, '_> {
    /// Reports a problem at a key of the entry, or at the entry itself.
    pub fn refuse<T>(&mut self, key: &str, reason: &str, fix: &str) -> Option<T> {
        let dot = if key.is_empty() { "" } else { "." };
        let path = format!("queries.{}{dot}{key}", self.id);
        self.builder.problem(path, reason, fix);
        None
    }

    /// Whether its fact and its keys are those of its kind.
    pub fn suits_its_kind(&mut self) -> Option<()> {
        let own = &self.settings.own;
        let name = self.settings.shared.fact.as_deref().unwrap_or(self.id);
        let is_alarm = own.alarm.is_some();
        let is_metric = own.metric.is_some();
        let suits = match (is_alarm, is_metric) {
            (true, _) => name == OF_ALARM,
            (_, true) => name != OF_ALARM && !OF_LINES.contains(&name),
            (false, false) => OF_LINES.contains(&name),
        };
        let excess = [
            ("window", own.window.is_some() && is_alarm),
            ("settle", own.settle.is_some() && is_alarm),
            ("pages", own.pages.is_some() && own.filter_pattern.is_none()),
            (
                "excerpts",
                own.excerpts.is_some_and(|it| it > 0) && own.insights.is_none(),
            ),
        ];
        for (key, _) in excess.iter().filter(|(_, is_excess)| *is_excess) {
            self.refuse::<()>(key, "does not belong to this kind of query", "leave it out");
        }
        if !suits {
            let fix = "lines give counts of lines, metrics numbers, and an alarm alarm_state";
            return self.refuse("", "is no fact of this kind of query", fix);
        }
        Some(())
    }

    fn stretch(&mut self, [window, settle, longest]: [Span; 3]) -> Option<Stretch> {
        let own = &self.settings.own;
        let stretch = Stretch {
            window: own.window.unwrap_or(window).as_secs(),
            settle: own.settle.unwrap_or(settle).as_secs(),
        };
        if stretch.window > longest.as_secs() {
            let fix = "write at most 1h for lines, 24h for metrics";
            return self.refuse("window", "is too long", fix);
        }
        if stretch.settle > MAX_SETTLE.as_secs() {
            return self.refuse("settle", "is over 1h", "write 5m");
        }
        Some(stretch)
    }

    fn count(&mut self, own: Ask, stretch: Stretch, excerpts: u32) -> Option<Kind> {
        let asked = self.settings.shared.resolve(self.id, self.builder)?;
        let asked = own.say(asked);
        let heartbeat = Ask::Insights {
            text: insights::heartbeat(&self.scope.fields),
            stretch,
            limit: 1,
        };
        let lines = Lines {
            own,
            heartbeat,
            excerpts,
        };
        Some(Kind::Count { asked, lines })
    }

    /// A count of lines by an Insights query.
    pub fn insights(&mut self, template: &str) -> Option<Kind> {
        let wanted = self.settings.own.excerpts.unwrap_or(0);
        if !excerpts::may_be_wanted(wanted) {
            return self.refuse("excerpts", "is over 3", "write 0 to 3");
        }
        let stretch = self.stretch(LINES)?;
        match insights::query(template, &self.scope.fields, wanted) {
            Ok(text) => {
                let limit = wanted.max(1);
                let own = Ask::Insights {
                    text,
                    stretch,
                    limit,
                };
                self.count(own, stretch, wanted)
            }
            Err(error) => self.refuse("insights", &error.to_string(), error.fix()),
        }
    }

    /// A count of lines by a filter pattern.
    pub fn events(&mut self, template: &str) -> Option<Kind> {
        let pages = self.settings.own.pages.unwrap_or(PAGES);
        if !(1..=MAX_PAGES).contains(&pages) {
            return self.refuse("pages", "is not 1 to 50", "write 10");
        }
        let stretch = self.stretch(LINES)?;
        match pattern::pattern(template, &self.scope.fields) {
            Ok(pattern) => {
                let own = Ask::Events {
                    pattern,
                    stretch,
                    pages,
                };
                self.count(own, stretch, 0)
            }
            Err(error) => self.refuse("filter_pattern", &error.to_string(), error.fix()),
        }
    }

    /// A metric.
    pub fn metric(&mut self, settings: &MetricSettings) -> Option<Kind> {
        let stretch = self.stretch(METRICS)?;
        let metric = Metric {
            settings: settings.clone().into(),
            stretch,
        };
        let max_age = self.builder.max_age();
        if let Err((key, reason, fix)) = metric_check::check(settings, stretch, max_age) {
            return self.refuse(key, reason, fix);
        }
        let asked = self.settings.shared.resolve(self.id, self.builder)?;
        let asked = asked.sent_as_json(&metric.stat());
        Some(Kind::Metric { asked, metric })
    }

    /// An alarm.
    pub fn alarm(&mut self, name: &str) -> Option<Kind> {
        let is_name = (1..=MAX_ALARM).contains(&name.chars().count())
            && !name.contains('*')
            && !name.contains(char::is_control);
        if !is_name {
            let reason = "names no one alarm: empty, or a pattern";
            return self.refuse("alarm", reason, "write the exact name of one alarm");
        }
        let shared = &self.settings.shared;
        let asked = shared.resolve_state(self.id, OK, self.builder)?;
        Some(Kind::Alarm {
            asked,
            name: name.to_owned(),
        })
    }
}
