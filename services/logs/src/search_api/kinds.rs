//! How many kinds of lines there are, page by page. Pure.

use std::collections::BTreeSet;

use passport_connector_sdk::{Object, query::Sample, redaction::fingerprint};
use passport_evidence::{Excerpts, Reason};
use serde_json::Value;

use super::{
    answer::{Hit, Search, Total},
    body::Lines,
    count::all_asked_for,
    field,
    reading::Found,
};

/// Under which kinds are told apart. No fingerprint leaves, so that it need not be secret.
const KEY: [u8; 32] = *b"kinds of lines within one answer";

/// Pages that were read so far.
#[derive(Debug, Default)]
pub struct Walk {
    /// How many lines there must be in the end.
    total: Option<Total>,
    lines: BTreeSet<(String, String)>,
    kinds: BTreeSet<String>,
}

/// What comes after a page.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// The page that begins behind this place.
    Page(Vec<Value>),
    /// Nothing: that was all.
    Nothing,
}

/// How pages are read.
#[derive(Debug, Clone, Copy)]
pub struct Plan<'a> {
    /// Lines of a page.
    pub size: usize,
    /// Most lines of all pages.
    pub most: usize,
    /// Field with a line's message.
    pub message_field: &'a str,
    /// Whether a plain number may tell how many lines there are.
    pub plain_total: bool,
}

impl Walk {
    /// Takes the next page in.
    ///
    /// # Errors
    /// It can't be told any more how many kinds there are: part of a kind's lines may be missing.
    pub fn take(
        &mut self,
        page: &Search,
        lines: &Lines<'_>,
        plan: Plan<'_>,
    ) -> Result<Next, Reason> {
        if page.is_partial()? {
            return Err(Reason::PartialResponse);
        }
        let total = match self.total {
            Some(total) => total,
            None => page.total(plan.plain_total)?,
        };
        self.total = Some(total);
        let hits = page.lines();
        if hits.len() > plan.size {
            return Err(Reason::UnexpectedShape);
        }
        all_asked_for(hits, lines)?;
        for hit in hits {
            self.add(hit, plan.message_field)?;
        }
        self.next(hits, total, plan)
    }

    /// What all pages together say.
    pub fn found(&self) -> Found {
        let kinds = u64::try_from(self.kinds.len()).unwrap_or(u64::MAX);
        Found {
            sample: Sample::Number(kinds.into()),
            is_partial: false,
            excerpts: Excerpts::default(),
        }
    }

    /// A line that comes twice stands in the place of one that does not come.
    fn add(&mut self, hit: &Hit, message_field: &str) -> Result<(), Reason> {
        let (Some(index), Some(id)) = (&hit.index, &hit.id) else {
            return Err(Reason::UnexpectedShape);
        };
        let message = field::shown(&hit.line, message_field).and_then(Value::as_str);
        let message = message.ok_or(Reason::UnexpectedShape)?;
        self.kinds.insert(fingerprint(&KEY, message));
        match self.lines.insert((index.clone(), id.clone())) {
            true => Ok(()),
            false => Err(Reason::Incomplete),
        }
    }

    fn next(&self, hits: &[Object<Hit>], total: Total, plan: Plan<'_>) -> Result<Next, Reason> {
        let read = i128::try_from(self.lines.len()).unwrap_or(i128::MAX);
        let most = i128::try_from(plan.most).unwrap_or(i128::MAX);
        let (wanted, is_exact) = match total {
            Total::Exact(number) => (number, true),
            Total::AtLeast(number) => (number, false),
        };
        if wanted < 0 {
            return Err(Reason::OutOfDomain);
        }
        if wanted > most || (is_exact && read > wanted) {
            return Err(Reason::Incomplete);
        }
        let ends = hits.len() < plan.size || (is_exact && read == wanted);
        match (ends, hits.last()) {
            (true, _) if read < wanted => Err(Reason::Incomplete),
            (true, _) => Ok(Next::Nothing),
            (false, _) if read >= most => Err(Reason::Incomplete),
            (false, Some(last)) if !last.sort.is_empty() => Ok(Next::Page(last.sort.clone())),
            (false, _) => Err(Reason::UnexpectedShape),
        }
    }
}
