//! Checks that a query can see nothing but its scope.

mod visit;

use std::collections::{BTreeMap, BTreeSet};

use promql_parser::{
    label::{MatchOp, Matchers},
    parser::{Expr, VectorSelector, parse},
};

/// Where the labels go.
const PLACEHOLDER: &str = "${scope}";

/// Most selectors whose newest sample is asked for, so that a query costs few reads.
const MAX_PROBES: usize = 4;

/// The labels that narrow a source, sorted by name.
#[derive(Debug, Clone)]
pub struct Labels(BTreeMap<String, String>);

/// Why a query is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// Not PromQL.
    #[error("does not parse as PromQL")]
    Syntax,
    /// No selector at all, so that the answer is about nothing.
    #[error("selects no series")]
    NoSelector,
    /// A selector without the scope.
    #[error("a selector lacks ${{scope}}")]
    Unscoped,
    /// A selector that names a label of the scope a second time.
    #[error("a selector matches a label of the scope a second time")]
    Overridden,
    /// Alternatives widen what is selected.
    #[error("`or` lets the query answer with something else")]
    Alternative,
    /// Data of another time.
    #[error("`offset` or `@` asks about another time than now")]
    Past,
    /// A selector of several metrics, one of which may go silent while another is seen.
    #[error("a selector doesn't name one metric")]
    ManyMetrics,
    /// More selectors than are probed.
    #[error("rests on more than {MAX_PROBES} selectors, each of which may go silent by itself")]
    TooManySelectors,
    /// More than one selector.
    #[error("is not one selector without function, range or offset")]
    NotOneSelector,
}

impl TemplateError {
    /// What to write instead.
    pub fn fix(&self) -> &'static str {
        match self {
            Self::Syntax => "try the query in the server's own console, with a label for ${scope}",
            Self::NoSelector => "select series that carry the labels of the scope",
            Self::Unscoped => "put ${scope} into the braces of every selector",
            Self::Overridden => "leave the matching of these labels to ${scope}",
            Self::Alternative => {
                "remove it; `(<numerator> or vector(0)) / <denominator>` is allowed with a `volume`, \
                 if the numerator has no arithmetic and the denominator selects series"
            }
            Self::Past => "leave it out: evidence is about the present",
            Self::ManyMetrics => {
                "write the metric's name before the braces, or set `probe` to the metric that goes \
                 silent first"
            }
            Self::TooManySelectors => {
                "set `probe` to the one that goes silent first, or ask for less"
            }
            Self::NotOneSelector => "write one selector, such as http_requests_total{${scope}}",
        }
    }
}

impl Labels {
    /// The labels of a source.
    pub fn new(labels: BTreeMap<String, String>) -> Self {
        Self(labels)
    }

    /// The value that a label must have; `None` for labels that are free.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// All of them, each with the value that it must have.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    fn fill(&self, template: &str) -> String {
        let matchers: Vec<_> = self
            .0
            .iter()
            .map(|(name, value)| format!("{name}=\"{value}\""))
            .collect();
        template.replace(PLACEHOLDER, &matchers.join(","))
    }

    /// The query to send, if every selector of it is narrowed by every label. `zero_fallback`
    /// allows a numerator that is missing to count as zero.
    pub fn query(&self, template: &str, zero_fallback: bool) -> Result<Checked, TemplateError> {
        let text = self.fill(template);
        let expr = parse(&text).map_err(|_| TemplateError::Syntax)?;
        let found = visit::selectors(&expr, zero_fallback)?;
        for selector in found.required.iter().chain(&found.optional) {
            self.narrows(&selector.matchers)?;
        }
        if found.required.is_empty() {
            return Err(TemplateError::NoSelector);
        }
        Ok(Checked {
            text,
            selectors: found.required,
        })
    }

    /// The selector to send, if it is one and nothing else.
    pub fn selector(&self, template: &str) -> Result<String, TemplateError> {
        let text = self.fill(template);
        let expr = parse(&text).map_err(|_| TemplateError::Syntax)?;
        let Expr::VectorSelector(selector) = expr else {
            return Err(TemplateError::NotOneSelector);
        };
        if selector.offset.is_some() || selector.at.is_some() {
            return Err(TemplateError::NotOneSelector);
        }
        self.narrows(&selector.matchers)?;
        Ok(text)
    }

    fn narrows(&self, matchers: &Matchers) -> Result<(), TemplateError> {
        if !matchers.or_matchers.is_empty() {
            return Err(TemplateError::Alternative);
        }
        for (name, value) in &self.0 {
            let mut of_label = matchers
                .matchers
                .iter()
                .filter(|matcher| &matcher.name == name);
            let first = of_label.next().ok_or(TemplateError::Unscoped)?;
            if of_label.next().is_some() {
                return Err(TemplateError::Overridden);
            }
            if first.op != MatchOp::Equal || &first.value != value {
                return Err(TemplateError::Unscoped);
            }
        }
        Ok(())
    }
}

/// A query that sees nothing but its scope.
#[derive(Debug, Clone)]
pub struct Checked {
    /// What is sent.
    pub text: String,
    /// The selectors without which it has no answer, in the order of the text.
    selectors: Vec<VectorSelector>,
}

impl Checked {
    /// The selectors, as text and without their ranges, whose newest samples tell how old an answer
    /// is: of each metric the broadest. `counted` is the volume of a query for which nothing there
    /// is zero: a count of nothing has no series of its own, but the volume of the same metric has.
    pub fn probes(&self, counted: Option<&Self>) -> Result<Vec<String>, TemplateError> {
        let same_metric = |volume: &&VectorSelector| {
            let names = |own: &VectorSelector| own.name.is_some() && own.name == volume.name;
            self.selectors.iter().any(names)
        };
        let of_volume = counted.map_or(&[][..], |counted| &counted.selectors);
        let all: Vec<_> = self
            .selectors
            .iter()
            .chain(of_volume.iter().filter(same_metric))
            .collect();
        if !all.iter().all(|selector| names_one_metric(selector)) {
            return Err(TemplateError::ManyMetrics);
        }
        let narrower = |one: &&&VectorSelector| {
            let broader = |other: &&VectorSelector| covers(other, one) && !covers(one, other);
            all.iter().any(broader)
        };
        let broadest = all.iter().filter(|one| !narrower(one));
        let probes: BTreeSet<_> = broadest.map(|selector| selector.to_string()).collect();
        if probes.len() > MAX_PROBES {
            return Err(TemplateError::TooManySelectors);
        }
        Ok(probes.into_iter().collect())
    }
}

fn names_one_metric(selector: &VectorSelector) -> bool {
    let mut matchers = selector.matchers.matchers.iter();
    selector.name.is_some()
        || matchers.any(|it| it.name == "__name__" && matches!(it.op, MatchOp::Equal))
}

/// Whether all that one selects is selected by the other, as far as their matchers tell.
fn covers(broad: &VectorSelector, narrow: &VectorSelector) -> bool {
    let matchers = &narrow.matchers.matchers;
    broad.name == narrow.name
        && broad
            .matchers
            .matchers
            .iter()
            .all(|matcher| matchers.contains(matcher))
}

#[cfg(test)]
mod escaping;
#[cfg(test)]
mod tests;
