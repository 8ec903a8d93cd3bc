//! One named query, checked.

use passport_connector_sdk::{
    Builder,
    query::Asked,
    settings::{NamedQuery, Span},
};
use passport_evidence::Unit;

use super::{
    client::Ask,
    logql::{Absent, Labels, LogqlError},
    settings::{MAX_WINDOW, OwnSettings, RangeSettings},
};
use crate::excerpts;

/// Lines that are counted where the settings name no number, and the most that they may name.
const DEFAULT_LIMIT: u32 = 100;
const MAX_LIMIT: u32 = 1_000;

/// How far back lines are counted where the settings don't say.
const DEFAULT_WINDOW: Span = Span::of_seconds(300);

/// Most points of a series that Loki answers; asked for more, it refuses the question.
const MAX_POINTS: u32 = 11_000;

/// One named query, checked.
#[derive(Debug)]
pub struct Query {
    /// What it asks for.
    pub asked: Asked,
    /// The read that gives its number.
    pub ask: Ask,
    /// What an answer without series means.
    pub absent: Absent,
    /// How many of the lines that it reads may be shown.
    pub excerpts: usize,
}

impl Query {
    /// Checks the entry of an id.
    pub fn build(
        id: &str,
        settings: &NamedQuery<OwnSettings>,
        labels: &Labels,
        builder: &mut Builder<'_>,
    ) -> Option<Self> {
        let asked = settings.shared.resolve(id, builder);
        let mut entry = Entry {
            id,
            own: &settings.own,
            builder,
        };
        let read = match (&settings.own.logql, &settings.own.lines) {
            (Some(logql), None) => entry.number(logql, labels),
            (None, Some(lines)) => entry.lines(lines, labels, asked.as_ref()),
            (Some(_), Some(_)) => entry.refuse("", "has `logql` and `lines`", "write one of them"),
            (None, None) => entry.refuse("", "has no query", "write `logql` or `lines`"),
        };
        let (ask, absent) = read?;
        Some(Self {
            asked: asked?.sent_as(ask.text()),
            ask,
            absent,
            excerpts: usize::try_from(settings.own.excerpts.unwrap_or(0)).ok()?,
        })
    }
}

/// One entry while it is checked.
struct Entry<'a, 'b, 'c> {
    id: &'a str,
    own: &'a OwnSettings,
    builder: &'b mut Builder<'c>,
}

impl Entry<'_, '_, '_> {
    /// Reports a problem at a key of the entry, or at the entry itself.
    fn refuse<T>(&mut self, key: &str, reason: &str, fix: &str) -> Option<T> {
        let dot = if key.is_empty() { "" } else { "." };
        let path = format!("queries.{}{dot}{key}", self.id);
        self.builder.problem(path, reason, fix);
        None
    }

    fn refuse_text<T>(&mut self, key: &str, error: &LogqlError) -> Option<T> {
        self.refuse(key, &error.to_string(), error.fix())
    }

    fn number(&mut self, logql: &str, labels: &Labels) -> Option<(Ask, Absent)> {
        let own = self.own;
        for (key, set) in [
            ("limit", own.limit.is_some()),
            ("window", own.window.is_some()),
            ("excerpts", own.excerpts.is_some_and(|wanted| wanted > 0)),
        ] {
            if set {
                self.refuse::<()>(key, "belongs to `lines`", "leave it out");
            }
        }
        let range = match own.range {
            None => Some(None),
            Some(range) => self.range(range).map(Some),
        };
        match labels.number(logql) {
            Ok((text, absent)) => Some((Ask::number(text, range?), absent)),
            Err(error) => self.refuse_text("logql", &error),
        }
    }

    fn range(&mut self, range: RangeSettings) -> Option<RangeSettings> {
        let (window, step) = (range.window, range.step);
        if window > MAX_WINDOW {
            return self.refuse("range.window", "is over 24h", "write at most 24h");
        }
        let few = window.as_secs() / step.as_secs().max(1) < MAX_POINTS;
        if step > window || !few {
            let reason = "is longer than the window, or gives more than 11000 points";
            return self.refuse("range.step", reason, "write the window itself");
        }
        Some(range)
    }

    fn lines(
        &mut self,
        lines: &str,
        labels: &Labels,
        asked: Option<&Asked>,
    ) -> Option<(Ask, Absent)> {
        let own = self.own;
        if own.range.is_some() {
            self.refuse::<()>("", "has `range` beside `lines`", "write `window` instead");
        }
        if !own.excerpts.is_none_or(excerpts::may_be_wanted) {
            self.refuse::<()>("excerpts", "is over 3", "write 0 to 3");
        }
        if asked.is_some_and(|asked| asked.unit != Unit::Count) {
            self.refuse::<()>(
                "unit",
                "is not `count`, and lines are counted",
                "leave it out",
            );
        }
        let limit = own.limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            self.refuse::<()>("limit", "is not 1 to 1000", "write at most 1000");
        }
        let window = own.window.unwrap_or(DEFAULT_WINDOW);
        if window > MAX_WINDOW {
            self.refuse::<()>("window", "is over 24h", "write at most 24h");
        }
        match labels.lines(lines) {
            Ok(text) => Some((Ask::lines(text, window, limit), Absent::Zero)),
            Err(error) => self.refuse_text("lines", &error),
        }
    }
}
