//! Moments in a text, in the forms in which providers write them.

use std::fmt::Display;

use anyhow::Result;
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use regex::{Captures, Regex};

/// What is further away than this happened at another time, and stays there.
const FAR: TimeDelta = TimeDelta::days(400);

/// RFC 3339 and its like with a blank; the date of HTTP and of mail; whole seconds of Unix, and the same
/// in thousandths, millionths and billionths.
const FORMS: &str = r"(?x)
    (?<day> \d{4}-\d{2}-\d{2} ) (?<gap> [T\x20] ) (?<time> \d{2}:\d{2}:\d{2} )
  | (?<mail> (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),\x20\d{1,2}\x20[A-Z][a-z]{2}\x20\d{4}\x20\d{2}:\d{2}:\d{2} )
  | \b (?<unix> \d{10} ) (?<fraction> \d{3} | \d{6} | \d{9} )? \b";

/// Finds moments around one.
pub(super) struct Moments {
    forms: Regex,
    around: DateTime<Utc>,
}

// === impl Moments ===

impl Moments {
    /// Those that are not far from `around`.
    pub(super) fn around(around: DateTime<Utc>) -> Result<Self> {
        let forms = Regex::new(FORMS)?;
        Ok(Self { forms, around })
    }

    /// The text with each of them so much later.
    pub(super) fn moved(&self, text: &str, by: TimeDelta) -> String {
        let each = |found: &Captures<'_>| {
            let said = found.get(0).map_or("", |it| it.as_str());
            self.later(found, by).unwrap_or_else(|| said.to_owned())
        };
        self.forms.replace_all(text, each).into_owned()
    }

    fn later(&self, found: &Captures<'_>, by: TimeDelta) -> Option<String> {
        let part = |name: &str| found.name(name).map(|it| it.as_str());
        if let (Some(day), Some(gap), Some(time)) = (part("day"), part("gap"), part("time")) {
            let written = format!("{day} {time}");
            let later = self.near(&written, "%Y-%m-%d %H:%M:%S")? + by;
            return Some(shown(later.format(&format!("%Y-%m-%d{gap}%H:%M:%S"))));
        }
        if let Some(mail) = part("mail") {
            const FORM: &str = "%a, %d %b %Y %H:%M:%S";
            return Some(shown((self.near(mail, FORM)? + by).format(FORM)));
        }
        let then = DateTime::from_timestamp(part("unix")?.parse().ok()?, 0)?;
        let fraction = part("fraction").unwrap_or_default();
        let later = self.if_near(then)? + by;
        Some(format!("{}{fraction}", later.timestamp()))
    }

    fn near(&self, written: &str, form: &str) -> Option<DateTime<Utc>> {
        let then = NaiveDateTime::parse_from_str(written, form).ok()?;
        self.if_near(then.and_utc())
    }

    fn if_near(&self, then: DateTime<Utc>) -> Option<DateTime<Utc>> {
        ((then - self.around).abs() < FAR).then_some(then)
    }
}

fn shown(moment: impl Display) -> String {
    moment.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const THEN: &str = "2026-05-03T09:30:00Z";

    fn an_hour_later(text: &str) -> String {
        let moments = Moments::around(THEN.parse().unwrap()).unwrap();
        moments.moved(text, TimeDelta::hours(1))
    }

    #[test]
    fn a_moment_moves_in_every_form_of_it() {
        let forms = [
            ("2026-05-03T23:30:00.5+02:00", "2026-05-04T00:30:00.5+02:00"),
            ("\"2026-05-03 09:00:00\"", "\"2026-05-03 10:00:00\""),
            (
                "Sun, 03 May 2026 23:30:04 GMT",
                "Mon, 04 May 2026 00:30:04 GMT",
            ),
            ("[1777800600.781, 1]", "[1777804200.781, 1]"),
            ("1777800600781", "1777804200781"),
            ("\"1777800600781000123\"", "\"1777804200781000123\""),
        ];
        for (then, later) in forms {
            assert_eq!(an_hour_later(then), later);
        }
    }

    #[test]
    fn what_is_no_moment_or_far_away_stays() {
        for text in [
            "2061-05-03T09:30:00Z",
            "2026-05-03",
            "2026.05.03-1",
            "4f1c2e9a1777800600",
            "9999999999",
            "17778006001",
            "2026-13-41T09:30:00Z",
        ] {
            assert_eq!(an_hour_later(text), text);
        }
    }
}
