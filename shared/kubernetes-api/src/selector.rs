//! Label selectors as objects hold them, and as lists are asked with them, after the page "Labels
//! and Selectors". Those of `kube` and `k8s-openapi` are not taken: they ask with any text, with nothing for
//! everything, and read a key that is absent as an empty one.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Longest label: a prefix, a slash and a name.
const MAX_KEY: usize = 317;
/// Longest value of a label.
const MAX_VALUE: usize = 63;

/// What picks the objects that belong to another.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LabelSelector {
    match_labels: Option<BTreeMap<String, String>>,
    match_expressions: Option<Vec<Expression>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Expression {
    key: String,
    operator: String,
    values: Option<Vec<String>>,
}

// === impl LabelSelector ===

impl LabelSelector {
    /// What picks, of all that it picked, the objects with this label.
    #[must_use]
    pub fn with(mut self, key: &str, value: &str) -> Self {
        let labels = self.match_labels.get_or_insert_default();
        labels.insert(key.to_owned(), value.to_owned());
        self
    }

    /// As it stands in a query, in an order of its own. `None`: it would pick everything, or is not
    /// as documented.
    pub fn query(&self) -> Option<String> {
        let labels = self.match_labels.iter().flatten();
        let equal = labels.map(|(key, value)| {
            let fits = is_key(key) && is_value(value);
            fits.then(|| format!("{key}={value}"))
        });
        let expressions = self.match_expressions.iter().flatten();
        let terms: Option<Vec<_>> = equal.chain(expressions.map(Expression::term)).collect();
        terms.map(|it| it.join(",")).filter(|it| !it.is_empty())
    }

    /// Whether it picks an object with these labels; an empty one picks every object. What is not as
    /// documented picks none.
    pub fn picks(&self, labels: &BTreeMap<String, String>) -> bool {
        let mut equal = self.match_labels.iter().flatten();
        let mut expressions = self.match_expressions.iter().flatten();
        equal.all(|(key, value)| labels.get(key) == Some(value))
            && expressions.all(|it| it.picks(labels))
    }
}

// === impl Expression ===

impl Expression {
    fn picks(&self, labels: &BTreeMap<String, String>) -> bool {
        let values = self.values.as_deref().unwrap_or_default();
        let found = labels.get(&self.key);
        let is_among = found.is_some_and(|it| values.contains(it));
        match (self.operator.as_str(), values.is_empty()) {
            ("In", false) => is_among,
            ("NotIn", false) => !is_among,
            ("Exists", true) => found.is_some(),
            ("DoesNotExist", true) => found.is_none(),
            _ => false,
        }
    }

    fn term(&self) -> Option<String> {
        let values = self.values.as_deref().unwrap_or_default();
        let fits = is_key(&self.key) && values.iter().all(|it| is_value(it));
        let key = &self.key;
        match (self.operator.as_str(), values.is_empty()) {
            _ if !fits => None,
            ("In", false) => Some(format!("{key} in ({})", values.join(","))),
            ("NotIn", false) => Some(format!("{key} notin ({})", values.join(","))),
            ("Exists", true) => Some(key.clone()),
            ("DoesNotExist", true) => Some(format!("!{key}")),
            _ => None,
        }
    }
}

fn is_plain(text: &str) -> bool {
    let fits = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.');
    text.chars().all(fits)
}

fn is_key(key: &str) -> bool {
    let (prefix, name) = key.split_once('/').unwrap_or(("x", key));
    let is_whole = !prefix.is_empty() && !name.is_empty();
    is_whole && key.len() <= MAX_KEY && is_plain(prefix) && is_plain(name)
}

fn is_value(value: &str) -> bool {
    value.len() <= MAX_VALUE && is_plain(value)
}
