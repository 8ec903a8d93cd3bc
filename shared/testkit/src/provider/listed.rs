//! Whether a request is the one that an exchange lists. Pure.

use std::borrow::Cow;
use std::collections::BTreeMap;

use http::HeaderMap;
use serde_json::Value;
use url::form_urlencoded;

use super::access;
use super::seen::Seen;
use crate::case::{Request, Rules};

type Query = BTreeMap<String, Vec<String>>;

/// What a request must have, in a form in which equal matches are equal.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Listed {
    pub method: Option<String>,
    pub path: Option<String>,
    pub query: Query,
    /// Names in lower case.
    pub headers: BTreeMap<String, String>,
    pub body: Option<Value>,
}

/// A request as it is compared.
#[derive(Debug, Clone)]
pub(super) struct Asked<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub query: Query,
    pub headers: &'a HeaderMap,
    pub body: Cow<'a, Value>,
}

// === impl Listed ===

impl Listed {
    pub(super) fn of(request: &Request) -> Self {
        let query = request.query.iter();
        let headers = request.headers.iter();
        Self {
            method: request.method.clone(),
            path: request.path.clone(),
            query: query
                .map(|(key, values)| (key.clone(), values.as_slice().to_vec()))
                .collect(),
            headers: headers
                .map(|(name, value)| (name.to_lowercase(), value.clone()))
                .collect(),
            body: request.body.clone(),
        }
    }

    /// How much is listed; the request goes to the exchange that lists most.
    pub(super) fn keys(&self) -> usize {
        let line = usize::from(self.method.is_some()) + usize::from(self.path.is_some());
        let body = self.body.as_ref().map_or(0, keys_of);
        line + self.query.len() + self.headers.len() + body
    }

    pub(super) fn fits(&self, asked: &Asked<'_>, rules: &Rules) -> bool {
        self.method
            .as_deref()
            .is_none_or(|method| method == asked.method)
            && self.path.as_deref().is_none_or(|path| path == asked.path)
            && self
                .query
                .iter()
                .all(|(key, values)| query_fits(key, values, asked, rules))
            && self
                .headers
                .iter()
                .all(|(name, value)| header_fits(name, value, asked.headers))
            && self.body.as_ref().is_none_or(|body| {
                if rules.access_reviews.is_some() && access::is_review(asked) {
                    access::attributes(body) == access::attributes(&asked.body)
                } else {
                    body_fits(body, &asked.body)
                }
            })
    }
}

/// Keys of an object at every depth; anything else counts as one.
fn keys_of(body: &Value) -> usize {
    match body.as_object() {
        Some(keys) => keys.values().map(|value| keys_of(value).max(1)).sum(),
        None => 1,
    }
}

fn query_fits(key: &str, values: &[String], asked: &Asked<'_>, rules: &Rules) -> bool {
    let Some(sent) = asked.query.get(key) else {
        return false;
    };
    if rules.json_query.iter().any(|json| json == key) {
        sorted(values, as_json) == sorted(sent, as_json)
    } else {
        sorted(values, str::to_owned) == sorted(sent, str::to_owned)
    }
}

/// The values of a repeated key, whose order does not matter.
fn sorted(values: &[String], form: impl Fn(&str) -> String) -> Vec<String> {
    let mut values: Vec<String> = values.iter().map(|value| form(value)).collect();
    values.sort();
    values
}

/// JSON without its blanks and the order within its lists; what is no JSON stays as it is.
fn as_json(text: &str) -> String {
    serde_json::from_str(text).map_or_else(|_| text.to_owned(), |json| unordered(json).to_string())
}

fn unordered(json: Value) -> Value {
    match json {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.into_iter().map(unordered).collect();
            items.sort_by_key(Value::to_string);
            Value::Array(items)
        }
        Value::Object(keys) => keys
            .into_iter()
            .map(|(key, value)| (key, unordered(value)))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => json,
    }
}

fn header_fits(name: &str, value: &str, headers: &HeaderMap) -> bool {
    headers
        .get_all(name)
        .iter()
        .any(|sent| sent.as_bytes() == value.as_bytes())
}

/// Objects key by key at every depth, lists and other values whole.
fn body_fits(listed: &Value, sent: &Value) -> bool {
    match (listed, sent) {
        (Value::Object(listed), Value::Object(sent)) => listed
            .iter()
            .all(|(key, value)| sent.get(key).is_some_and(|sent| body_fits(value, sent))),
        (listed, sent) => listed == sent,
    }
}

// === impl Asked ===

impl<'a> Asked<'a> {
    /// The request as it came; `body` is what [`body_of`] made of it.
    pub(super) fn of(seen: &'a Seen, body: &'a Value) -> Self {
        Self {
            method: &seen.method,
            path: &seen.path,
            query: pairs(seen.query.as_deref().unwrap_or_default().as_bytes()),
            headers: &seen.headers,
            body: Cow::Borrowed(body),
        }
    }

    /// A POST with a form as the GET with the same keys.
    pub(super) fn form_as_query(&self, seen: &Seen) -> Option<Self> {
        if self.method != "POST" || !is_form(&seen.headers) {
            return None;
        }
        let mut query = self.query.clone();
        for (key, values) in pairs(&seen.body) {
            query.entry(key).or_default().extend(values);
        }
        Some(Self {
            method: "GET",
            path: self.path,
            query,
            headers: self.headers,
            body: Cow::Owned(Value::Null),
        })
    }
}

/// The body as JSON: a form as an object, what is no JSON as a text.
pub(super) fn body_of(seen: &Seen) -> Value {
    if is_form(&seen.headers) {
        return form(&seen.body);
    }
    serde_json::from_slice(&seen.body)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&seen.body).into_owned()))
}

fn form(body: &[u8]) -> Value {
    let value = |values: Vec<String>| match <[String; 1]>::try_from(values) {
        Ok([one]) => Value::from(one),
        Err(many) => Value::from(many),
    };
    pairs(body)
        .into_iter()
        .map(|(key, values)| (key, value(values)))
        .collect()
}

fn pairs(encoded: &[u8]) -> Query {
    let mut pairs = Query::new();
    for (key, value) in form_urlencoded::parse(encoded) {
        pairs
            .entry(key.into_owned())
            .or_default()
            .push(value.into_owned());
    }
    pairs
}

fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(http::header::CONTENT_TYPE);
    kind.is_some_and(|kind| {
        kind.as_bytes()
            .starts_with(b"application/x-www-form-urlencoded")
    })
}
