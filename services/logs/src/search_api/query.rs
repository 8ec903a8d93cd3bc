//! One named query, checked.

use std::collections::BTreeMap;

use passport_connector_sdk::{
    Builder,
    query::Asked,
    settings::{NamedQuery, Span},
};
use passport_evidence::{MaxAge, Unit};
use serde_json::{Value, json};

use super::{
    condition::{Condition, Wanted},
    field,
    period::Period,
    settings::OwnSettings,
};
use crate::excerpts;

/// The fact that tells kinds of lines apart.
pub const KINDS: &str = "error_kind_count";

/// How far back lines are counted where the settings don't say, and the furthest that they may say.
const DEFAULT_WINDOW: Span = Span::of_seconds(300);
const MAX_WINDOW: Span = Span::of_seconds(86_400);

/// Pages that are read where the settings name no number, and the most that they may name.
const DEFAULT_PAGES: u32 = 3;
const MAX_PAGES: u32 = 10;

/// Lines of a page where the settings name no number, and the most that they may name.
const DEFAULT_PAGE_SIZE: u32 = 100;
const MAX_PAGE_SIZE: u32 = 500;

/// Where a line's message stands where the settings don't say.
const DEFAULT_MESSAGE_FIELD: &str = "message";

/// One named query, checked.
#[derive(Debug)]
pub struct Query {
    /// What it asks for.
    pub asked: Asked,
    /// Its own conditions, by name.
    pub matching: Vec<Condition>,
    /// The window that it looks at.
    pub period: Period,
    /// What is made of the lines.
    pub kind: Kind,
    /// Field with a line's message.
    pub message_field: String,
}

/// What is made of the lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// They are counted.
    Count {
        /// How many of them may be shown.
        excerpts: usize,
    },
    /// Their kinds are counted.
    Kinds {
        /// Most pages that are read.
        pages: usize,
        /// Lines of a page.
        page_size: usize,
    },
}

impl Query {
    /// Checks the entry of an id.
    pub fn build(
        id: &str,
        settings: &NamedQuery<OwnSettings>,
        terms: &BTreeMap<String, String>,
        builder: &mut Builder<'_>,
    ) -> Option<Self> {
        let asked = settings.shared.resolve(id, builder);
        let mut entry = Entry {
            id,
            own: &settings.own,
            builder,
        };
        let is_count = asked.as_ref().is_none_or(|it| it.unit == Unit::Count);
        entry.wants(is_count, "unit", "is not `count`, and lines are counted");
        let matching = entry.matching(terms);
        let period = entry.period();
        let message_field = entry.message_field();
        let of_kinds = asked.as_ref().map(|it| it.name.as_str() == KINDS);
        let kind = match of_kinds {
            Some(true) => entry.kinds(),
            Some(false) => entry.count(),
            None => None,
        };
        let matching = matching?;
        let question = question(terms, &matching);
        Some(Self {
            asked: asked.filter(|_| is_count)?.sent_as_json(&question),
            matching,
            period: period?,
            kind: kind?,
            message_field: message_field?,
        })
    }
}

/// The conditions that are sent, the scope's first.
fn question(terms: &BTreeMap<String, String>, matching: &[Condition]) -> Value {
    let scope = terms.iter();
    let scope = scope.map(|(field, value)| Condition::text(field, value).filter());
    let all: Vec<_> = scope
        .chain(matching.iter().map(Condition::filter))
        .collect();
    json!({"bool": {"filter": all}})
}

/// One entry while it is checked.
struct Entry<'a, 'b, 'c> {
    id: &'a str,
    own: &'a OwnSettings,
    builder: &'b mut Builder<'c>,
}

impl Entry<'_, '_, '_> {
    /// Reports a problem at a key of the entry where something is not so, and tells whether it is.
    fn wants(&mut self, is_so: bool, key: &str, reason: &str) -> bool {
        if !is_so {
            let path = format!("queries.{}.{key}", self.id);
            let fix = "see the connector's README for what is wanted";
            self.builder.problem(path, reason, fix);
        }
        is_so
    }

    fn matching(&mut self, terms: &BTreeMap<String, String>) -> Option<Vec<Condition>> {
        let mut conditions = Some(Vec::new());
        for (name, value) in &self.own.matching {
            let at = format!("match.{name}");
            let is_new = !terms.contains_key(name);
            let is_new = self.wants(is_new, &at, "is a term of the scope already");
            let wanted = Wanted::of(value).filter(|_| field::is_exact(name));
            let reason = "is no exact value of a field, nor a list of them: no patterns, no `null`";
            self.wants(wanted.is_some(), &at, reason);
            let condition = wanted.filter(|_| is_new).map(|wanted| Condition {
                field: name.clone(),
                wanted,
            });
            conditions = conditions.and_then(|mut all| {
                all.push(condition?);
                Some(all)
            });
        }
        conditions
    }

    fn period(&mut self) -> Option<Period> {
        let window = self.own.window.unwrap_or(DEFAULT_WINDOW);
        let settle = self.own.settle.map_or(0, Span::as_secs);
        let fits = self.wants(window <= MAX_WINDOW, "window", "is over 24h");
        let max_age = self.builder.max_age().map_or(0, MaxAge::as_secs);
        let reason = "is not shorter than the source's max_age, so that nothing could be fresh";
        let settles = self.wants(settle < max_age, "settle", reason);
        (fits && settles).then_some(Period { window, settle })
    }

    fn message_field(&mut self) -> Option<String> {
        let name = self.own.message_field.as_deref();
        let name = name.unwrap_or(DEFAULT_MESSAGE_FIELD);
        let is_field = self.wants(field::is_exact(name), "message_field", "names no field");
        is_field.then(|| name.to_owned())
    }

    fn count(&mut self) -> Option<Kind> {
        let reason = "belongs to the fact error_kind_count";
        self.wants(self.own.pages.is_none(), "pages", reason);
        self.wants(self.own.page_size.is_none(), "page_size", reason);
        let wanted = self.own.excerpts.unwrap_or(0);
        let few = self.wants(excerpts::may_be_wanted(wanted), "excerpts", "is over 3");
        let excerpts = usize::try_from(wanted).ok().filter(|_| few)?;
        Some(Kind::Count { excerpts })
    }

    fn kinds(&mut self) -> Option<Kind> {
        let own = self.own;
        let shows = own.excerpts.is_some_and(|wanted| wanted > 0);
        self.wants(
            !shows,
            "excerpts",
            "belongs to counts of lines, not of kinds",
        );
        let pages = own.pages.unwrap_or(DEFAULT_PAGES);
        let size = own.page_size.unwrap_or(DEFAULT_PAGE_SIZE);
        let few = self.wants((1..=MAX_PAGES).contains(&pages), "pages", "is not 1 to 10");
        let fits = (1..=MAX_PAGE_SIZE).contains(&size);
        let fits = self.wants(fits, "page_size", "is not 1 to 500");
        let kind = Kind::Kinds {
            pages: usize::try_from(pages).ok()?,
            page_size: usize::try_from(size).ok()?,
        };
        (few && fits).then_some(kind)
    }
}
