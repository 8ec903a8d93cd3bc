//! Checks that a query can see nothing but its scope.

use std::collections::BTreeMap;

use promql_parser::{
    label::{MatchOp, Matchers},
    parser::{
        Expr, VectorSelector, parse,
        token::{T_DIV, T_LOR},
    },
};

/// Where the labels go.
const PLACEHOLDER: &str = "${scope}";

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
                "remove it; `(<numerator> or vector(0)) / <denominator>` is allowed with a `volume`"
            }
            Self::Past => "leave it out: evidence is about the present",
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

    /// The first label, which a check of the credential's breadth looks at.
    pub fn first(&self) -> Option<(&str, &str)> {
        self.0
            .iter()
            .next()
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
        let mut selectors = Vec::new();
        visit(&expr, zero_fallback, false, &mut selectors)?;
        for selector in &selectors {
            self.narrows(&selector.matchers)?;
        }
        let last = selectors.pop().ok_or(TemplateError::NoSelector)?;
        Ok(Checked { text, last })
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
    last: VectorSelector,
}

impl Checked {
    /// The last selector, without its range, as text.
    pub fn last_selector(&self) -> String {
        self.last.to_string()
    }

    /// Whether the last selectors of both read the same metric.
    pub fn reads_what(&self, other: &Self) -> bool {
        self.last.name.is_some() && self.last.name == other.last.name
    }
}

/// Gathers all selectors, in the order of the text. `numerator` is true directly left of a division.
fn visit(
    expr: &Expr,
    zero_fallback: bool,
    numerator: bool,
    found: &mut Vec<VectorSelector>,
) -> Result<(), TemplateError> {
    let mut inner = |expr: &Expr| visit(expr, zero_fallback, false, found);
    match expr {
        Expr::Aggregate(aggregate) => {
            aggregate.param.as_deref().map_or(Ok(()), &mut inner)?;
            inner(&aggregate.expr)
        }
        Expr::Unary(unary) => inner(&unary.expr),
        Expr::Paren(paren) => visit(&paren.expr, zero_fallback, numerator, found),
        Expr::Subquery(subquery) if subquery.offset.is_some() || subquery.at.is_some() => {
            Err(TemplateError::Past)
        }
        Expr::Subquery(subquery) => inner(&subquery.expr),
        Expr::Call(call) => call
            .args
            .args
            .iter()
            .try_for_each(|argument| inner(argument)),
        Expr::Binary(binary) if binary.op.id() == T_LOR => {
            if !(zero_fallback && numerator && is_constant_vector(&binary.rhs)) {
                return Err(TemplateError::Alternative);
            }
            inner(&binary.lhs)
        }
        Expr::Binary(binary) => {
            visit(&binary.lhs, zero_fallback, binary.op.id() == T_DIV, found)?;
            visit(&binary.rhs, zero_fallback, false, found)
        }
        Expr::VectorSelector(selector) => present(selector, found),
        Expr::MatrixSelector(matrix) => present(&matrix.vs, found),
        Expr::NumberLiteral(_) | Expr::StringLiteral(_) => Ok(()),
        Expr::Extension(_) => Err(TemplateError::Syntax),
    }
}

/// A selector of another time than now answers with data that the probe says nothing about.
fn present(
    selector: &VectorSelector,
    found: &mut Vec<VectorSelector>,
) -> Result<(), TemplateError> {
    if selector.offset.is_some() || selector.at.is_some() {
        return Err(TemplateError::Past);
    }
    found.push(selector.clone());
    Ok(())
}

/// `vector(0)`, in any number of parentheses.
fn is_constant_vector(expr: &Expr) -> bool {
    match expr {
        Expr::Paren(paren) => is_constant_vector(&paren.expr),
        Expr::Call(call) => {
            let zero = |argument: &Expr| matches!(argument, Expr::NumberLiteral(number) if number.val == 0.0);
            call.func.name == "vector" && call.args.args.iter().all(|argument| zero(argument))
        }
        Expr::Aggregate(_)
        | Expr::Unary(_)
        | Expr::Binary(_)
        | Expr::Subquery(_)
        | Expr::NumberLiteral(_)
        | Expr::StringLiteral(_)
        | Expr::VectorSelector(_)
        | Expr::MatrixSelector(_)
        | Expr::Extension(_) => false,
    }
}

#[cfg(test)]
mod tests;
