//! Times of records. Pure.

use chrono::{DateTime, NaiveDateTime, Utc};

use super::cell::Cell;

/// How the database holds a time: UTC, without saying so ("Date/Time fields"). What a person is shown is
/// in the person's zone and form, and is never read.
const FORM: &str = "%Y-%m-%d %H:%M:%S";

/// What a field says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// This time.
    At(DateTime<Utc>),
    /// That there is none.
    Empty,
    /// Nothing that can be understood, or the field is missing.
    Unread,
}

impl Moment {
    /// Of a field.
    pub fn of(cell: Option<&Cell>) -> Self {
        match cell.and_then(Cell::coded) {
            Some("") => Self::Empty,
            Some(text) => at(text).map_or(Self::Unread, Self::At),
            None => Self::Unread,
        }
    }

    /// The time, where there is one.
    pub fn time(self) -> Option<DateTime<Utc>> {
        match self {
            Self::At(time) => Some(time),
            Self::Empty | Self::Unread => None,
        }
    }
}

fn at(text: &str) -> Option<DateTime<Utc>> {
    let time = NaiveDateTime::parse_from_str(text, FORM).ok();
    // The parser takes more forms than the database has.
    let is_its_form = |it: &NaiveDateTime| it.format(FORM).to_string() == text;
    time.filter(is_its_form).map(|it| it.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_form_of_the_database_is_a_time() {
        let found = at("2026-05-03 09:00:00").unwrap();
        assert_eq!(found.to_rfc3339(), "2026-05-03T09:00:00+00:00");
        for bad in [
            "03/05/2026 11:00:00",
            "2026-05-03T09:00:00Z",
            "2026-05-03 09:00",
            "2026-5-3 9:0:0",
            "2026-02-30 09:00:00",
            "2026-05-03 25:00:00",
            "1777800605",
            " 2026-05-03 9:00:00",
            "2026-05-03",
        ] {
            assert_eq!(at(bad), None, "{bad}");
        }
    }
}
