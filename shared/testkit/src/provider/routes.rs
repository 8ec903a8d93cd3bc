//! Which answer a request gets.

use super::access;
use super::listed::{Asked, Listed, body_of};
use super::reply::Reply;
use super::seen::{Listing, Seen};
use crate::case::Rules;

/// The answers of a script, and how far it has been played.
#[derive(Debug)]
pub(super) struct Routes {
    groups: Vec<Group>,
    unmatched: Reply,
    rules: Rules,
}

/// The answers to one match, in order; the last one repeats.
#[derive(Debug)]
struct Group {
    listed: Listed,
    replies: Vec<(Reply, u32)>,
    current: usize,
    given: u32,
}

// === impl Routes ===

impl Routes {
    pub(super) fn new(unmatched: Reply, rules: Rules) -> Self {
        Self {
            groups: Vec::new(),
            unmatched,
            rules,
        }
    }

    /// Adds an answer, to be given `times` times before the next one with the same match.
    pub(super) fn add(&mut self, listed: Listed, reply: Reply, times: u32) {
        match self.groups.iter_mut().find(|group| group.listed == listed) {
            Some(group) => group.replies.push((reply, times)),
            None => self.groups.push(Group {
                listed,
                replies: vec![(reply, times)],
                current: 0,
                given: 0,
            }),
        }
    }

    /// Takes the next answer to this request.
    pub(super) fn answer(&mut self, seen: &Seen) -> (Reply, Listing) {
        let body = body_of(seen);
        let asked = Asked::of(seen, &body);
        let as_query = self
            .rules
            .form_as_query
            .then(|| asked.form_as_query(seen))
            .flatten();
        if let Some(reply) = self.listed(&asked, as_query.as_ref()) {
            return (reply, Listing::Listed);
        }
        let reviews = self.rules.access_reviews.as_ref();
        if let Some(reply) = reviews.and_then(|reviews| access::answer(&asked, reviews)) {
            return (reply, Listing::Listed);
        }
        let reads = matches!(seen.method.as_str(), "GET" | "HEAD") || as_query.is_some();
        let excused = self.rules.undeclared_operation.is_some();
        let listing = if reads || excused {
            Listing::Unlisted
        } else {
            Listing::UnlistedWrite
        };
        (self.unmatched.clone(), listing)
    }

    fn listed(&mut self, asked: &Asked<'_>, as_query: Option<&Asked<'_>>) -> Option<Reply> {
        let rules = &self.rules;
        let fits = |listed: &Listed| {
            listed.fits(asked, rules) || as_query.is_some_and(|asked| listed.fits(asked, rules))
        };
        let fitting = self.groups.iter_mut().filter(|group| fits(&group.listed));
        // The first of those that list most: `max_by_key` takes the last.
        fitting
            .rev()
            .max_by_key(|group| group.listed.keys())?
            .next()
    }
}

// === impl Group ===

impl Group {
    fn next(&mut self) -> Option<Reply> {
        let (reply, times) = self.replies.get(self.current)?;
        let reply = reply.clone();
        self.given = self.given.saturating_add(1);
        if self.given >= *times && self.current + 1 < self.replies.len() {
            self.current += 1;
            self.given = 0;
        }
        Some(reply)
    }
}
