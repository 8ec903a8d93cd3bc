//! The planned window against now. Pure.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use passport_evidence::Reason;

use super::{moment::Moment, pull::Found, wanted::Wanted};

/// Shown where an end is open.
const OPEN: &str = "..";
/// Evidence lives for whole seconds: with less than one left the window is over.
const LEAST: TimeDelta = TimeDelta::seconds(1);

/// When a change is planned.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    start: Moment,
    end: Moment,
    allow_open_ended: bool,
    now: DateTime<Utc>,
    /// The instance's own clock, where it is ahead of ours.
    ahead: Option<DateTime<Utc>>,
}

/// How now stands to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// Before its start.
    Before,
    /// Within.
    Inside,
    /// After its end.
    After,
    /// Nothing, or not enough, is planned.
    Missing,
    /// That can't be told.
    Unclear(Reason),
}

impl Window {
    /// Of a change.
    pub fn of(found: &Found, wanted: &Wanted, now: DateTime<Utc>) -> Self {
        let change = &found.change;
        Self {
            start: Moment::of(change.start_date.as_ref()),
            end: Moment::of(change.end_date.as_ref()),
            allow_open_ended: wanted.allow_open_ended,
            now,
            ahead: found.clock.filter(|it| *it > now),
        }
    }

    /// How now stands to it. Where the instance's clock says otherwise, one of the two is wrong.
    pub fn position(&self) -> Position {
        let position = self.at(self.now);
        match self.ahead.map(|it| self.at(it)) {
            Some(other) if other != position => Position::Unclear(Reason::Contradictory),
            Some(_) | None => position,
        }
    }

    fn at(&self, now: DateTime<Utc>) -> Position {
        let (start, end) = (self.start.time(), self.end.time());
        let is_whole = start.is_some() && end.is_some();
        let is_half = start.is_some() || end.is_some();
        if start.zip(end).is_some_and(|(start, end)| start >= end) {
            Position::Unclear(Reason::Contradictory)
        } else if end.is_some_and(|end| end - now < LEAST) {
            Position::After
        } else if start.is_some_and(|start| now < start) {
            Position::Before
        } else if self.start == Moment::Unread || self.end == Moment::Unread {
            Position::Unclear(Reason::UnexpectedShape)
        } else if is_whole || is_half && self.allow_open_ended {
            Position::Inside
        } else {
            Position::Missing
        }
    }

    /// When it is over.
    pub fn end(&self) -> Option<DateTime<Utc>> {
        self.end.time()
    }

    /// Its ends, where it has one.
    pub fn text(&self) -> Option<String> {
        let (start, end) = (self.start.time(), self.end.time());
        start.or(end).map(|_| text(start, end))
    }

    /// The window that it would have to be so that now is within: it is itself exactly where now is.
    pub fn with_now(&self) -> String {
        let start = self.start.time().map(|it| it.min(self.now));
        let end = self.end.time().map(|it| it.max(self.now));
        text(start, end)
    }
}

fn text(start: Option<DateTime<Utc>>, end: Option<DateTime<Utc>>) -> String {
    let shown = |it: DateTime<Utc>| it.to_rfc3339_opts(SecondsFormat::Secs, true);
    let [start, end] = [start, end].map(|it| it.map_or(OPEN.to_owned(), shown));
    format!("{start}/{end}")
}
