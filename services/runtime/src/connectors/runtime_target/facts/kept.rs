//! Whether an answer was kept by a store on the way, after RFC 9111 (HTTP Caching) and RFC 9211 (Cache-Status).

use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, header::AGE};
use passport_evidence::{Fact, Reason};

/// Longest age that is counted; whatever is older is not young either.
const MAX_SECONDS: i64 = 10 * 365 * 86_400;
/// Codes of warnings that an answer is stale, or was not asked for again (RFC 7234, section 5.5).
const STALE: [&str; 3] = ["110", "111", "112"];

/// Headers of stores that say `HIT` where they answer themselves; the first two after RFC 9211 and its elder.
const STORES: [&str; 5] = [
    "cache-status",
    "x-cache",
    "x-cache-status",
    "cf-cache-status",
    "x-proxy-cache",
];
/// Those of them that have words of nginx' and Cloudflare's for an answer that is too old. In the first two the
/// same word says that the target was asked because of that.
const TELLING: std::ops::Range<usize> = 2..5;
const TOO_OLD: [&str; 2] = ["stale", "updating"];

/// Since when an answer is not the target's own word any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// Nothing says that it was kept.
    Live,
    /// For so long.
    For(TimeDelta),
    /// For nobody knows how long.
    Untold,
    /// The store itself says that it is too old.
    Stale,
}

// === impl Kept ===

impl Kept {
    /// What the headers of an answer say.
    pub fn of(headers: &HeaderMap) -> Self {
        let texts = |name| headers.get_all(name).iter().map(|it| it.to_str().ok());
        let mut warnings = texts(http::header::WARNING);
        let telling = STORES.get(TELLING).unwrap_or_default().iter();
        let mut telling = telling.flat_map(|it| headers.get_all(*it));
        let is_too_old = telling.any(|it| it.to_str().is_ok_and(|it| has_word(it, &TOO_OLD)));
        if is_too_old || warnings.any(|it| it.is_none_or(is_stale)) {
            return Self::Stale;
        }
        if headers.contains_key(AGE) {
            let ages: Option<Vec<_>> = texts(AGE).map(|it| seconds(it?)).collect();
            let oldest = ages.and_then(|it| it.into_iter().max());
            return match oldest {
                Some(0) => Self::Live,
                Some(seconds) => Self::For(TimeDelta::seconds(seconds)),
                None => Self::Untold,
            };
        }
        let mut said = STORES.iter().flat_map(|it| headers.get_all(*it));
        match said.any(|it| it.to_str().map_or(true, |it| has_word(it, &["hit"]))) {
            true => Self::Untold,
            false => Self::Live,
        }
    }

    /// The fact as old as the answer that it rests on, which came in at this moment.
    pub fn dated(self, fact: Fact, now: DateTime<Utc>) -> Fact {
        match self {
            Self::Live => fact.observed(Some(now)),
            Self::For(age) => fact.observed(now.checked_sub_signed(age)),
            Self::Untold => fact.observed(None),
            Self::Stale => fact.doubt(Reason::Stale).observed(Some(now)),
        }
    }
}

fn seconds(text: &str) -> Option<i64> {
    let text = text.trim();
    let is_number = !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    // More digits than fit are an age all the same.
    is_number.then(|| text.parse().unwrap_or(MAX_SECONDS).min(MAX_SECONDS))
}

fn is_stale(warning: &str) -> bool {
    let mut each = warning.split(',').map(str::trim_start);
    each.any(|it| STALE.iter().any(|code| it.starts_with(code)))
}

fn has_word(said: &str, wanted: &[&str]) -> bool {
    let said = said.to_ascii_lowercase();
    let mut words = said.split(|it: char| !it.is_ascii_alphanumeric());
    words.any(|it| wanted.contains(&it))
}

#[cfg(test)]
mod tests {
    use http::HeaderName;

    use super::*;

    fn kept(all: &[(&'static str, &str)]) -> Kept {
        let all = all.iter().map(|(name, value)| {
            let value = http::HeaderValue::from_str(value).unwrap();
            (HeaderName::from_static(name), value)
        });
        Kept::of(&all.collect())
    }

    #[test]
    fn what_was_kept_says_so_in_many_ways() {
        let age = |seconds| Kept::For(TimeDelta::seconds(seconds));
        for (headers, wanted) in [
            (&[][..], Kept::Live),
            (&[("age", "0")], Kept::Live),
            (&[("cache-control", "public, max-age=600")], Kept::Live),
            (&[("x-cache", "MISS")], Kept::Live),
            (
                &[("cache-status", "edge; fwd=uri-miss; stored")],
                Kept::Live,
            ),
            (&[("age", "45")], age(45)),
            (&[("age", " 45 ")], age(45)),
            (&[("age", "1"), ("x-cache", "HIT")], age(1)),
            (&[("age", "99999999999999999999999")], age(MAX_SECONDS)),
            (&[("age", "-1")], Kept::Untold),
            (&[("age", "1.5")], Kept::Untold),
            (&[("age", "")], Kept::Untold),
            (&[("x-cache", "Hit from cloudfront")], Kept::Untold),
            (&[("x-cache", "MISS, HIT")], Kept::Untold),
            (&[("cache-status", "edge; hit; ttl=30")], Kept::Untold),
            (&[("cache-status", "edge; fwd=stale; stored")], Kept::Live),
            (&[("x-cache-status", "HIT")], Kept::Untold),
            (&[("x-cache-status", "MISS")], Kept::Live),
            (&[("x-cache-status", "STALE")], Kept::Stale),
            (&[("cf-cache-status", "HIT")], Kept::Untold),
            (&[("cf-cache-status", "DYNAMIC")], Kept::Live),
            (
                &[("cf-cache-status", "UPDATING"), ("age", "3")],
                Kept::Stale,
            ),
            (&[("x-proxy-cache", "HIT")], Kept::Untold),
            (&[("x-proxy-cache", "EXPIRED")], Kept::Live),
            (&[("warning", "110 - \"Response is Stale\"")], Kept::Stale),
            (&[("warning", "199 - \"x\", 111 - \"y\"")], Kept::Stale),
            (&[("warning", "199 - \"x\"")], Kept::Live),
        ] {
            assert_eq!(kept(headers), wanted, "{headers:?}");
        }
        // Of several the oldest counts.
        let mut both = HeaderMap::new();
        for value in ["3", "600"] {
            both.append(AGE, http::HeaderValue::from_static(value));
        }
        assert_eq!(Kept::of(&both), age(600));
    }
}
