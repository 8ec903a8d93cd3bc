//! Requests with placeholders, checked when the configuration loads and filled when they are sent.

mod body;

use chrono::{DateTime, SecondsFormat, Utc};
use http::{HeaderValue, Method};
use passport_connector_sdk::{Request, settings::Span};
use serde_json::{Value, json};

use super::settings::{RequestSettings, Scope};
use body::{Body, texts};

/// Most segments of a path, and keys of a query.
const MAX_PARTS: usize = 50;

/// A request, checked.
#[derive(Debug, Clone)]
pub struct Template {
    method: Method,
    segments: Vec<Text>,
    trailing_slash: bool,
    query: Vec<(String, Text)>,
    body: Option<Body>,
    window: Span,
}

/// A text in which the scope already stands.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Text(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Literal(String),
    From,
    To,
}

/// What is wrong with a request: the key, why, and what to write instead.
pub type Flaw = (&'static str, &'static str, &'static str);

const PLACEHOLDER: &str = "has a placeholder other than ${service}, ${environment}, ${from}, ${to}";
const PLACEHOLDER_FIX: &str = "write one of these four";

// === impl Template ===

impl Template {
    /// Checks a request.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn new(settings: &RequestSettings, scope: &Scope, window: Span) -> Result<Self, Flaw> {
        let method = method(settings)?;
        let (segments, trailing_slash) = path(&settings.path, scope)?;
        let query = settings.query.iter().map(|(key, value)| {
            let wrong = ("query", PLACEHOLDER, PLACEHOLDER_FIX);
            let text = Text::parse(value, scope).filter(|_| !key.contains("${"));
            Ok((key.clone(), text.ok_or(wrong)?))
        });
        let query = query.collect::<Result<Vec<_>, Flaw>>()?;
        let body = settings.body.as_ref().map(|it| Body::new(it, scope));
        if body.as_ref().is_some_and(|it| !it.is_sound()) {
            return Err(("body", PLACEHOLDER, PLACEHOLDER_FIX));
        }
        if !names_scope(settings) {
            let why = "names neither ${service} nor ${environment}: it would ask for everything";
            return Err((
                "",
                why,
                "write one of them into the path, the query or the body",
            ));
        }
        Ok(Self {
            method,
            segments,
            trailing_slash,
            query,
            body,
            window,
        })
    }

    /// What is asked, with the scope in it and, instead of its times, their placeholders.
    pub fn question(&self) -> Value {
        let fill = |text: &Text| text.filled("${from}", "${to}");
        let path: Vec<_> = self.segments.iter().map(fill).collect();
        let query: Vec<_> = self
            .query
            .iter()
            .map(|(key, value)| json!([key, fill(value)]))
            .collect();
        let body = self.body.as_ref().map(|it| it.filled("${from}", "${to}"));
        json!({"method": self.method.as_str(), "path": path, "query": query, "body": body})
    }

    /// The request of this moment.
    pub fn filled(&self, now: DateTime<Utc>) -> Request {
        let (from, to) = (stamp(now - self.window.as_delta()), stamp(now));
        let fill = |text: &Text| text.filled(&from, &to);
        let request = Request::new(self.method.clone(), self.segments.iter().map(fill));
        let request = match self.trailing_slash {
            true => request.with_trailing_slash(),
            false => request,
        };
        let request = self.query.iter().fold(request, |request, (key, value)| {
            request.query(key.clone(), fill(value))
        });
        match &self.body {
            None => request,
            Some(body) => {
                let json = HeaderValue::from_static("application/json");
                request.body(json, body.filled(&from, &to).to_string())
            }
        }
    }
}

/// Whole seconds, UTC.
fn stamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn method(settings: &RequestSettings) -> Result<Method, Flaw> {
    match settings.method.as_deref() {
        None | Some("GET") if settings.body.is_some() => Err((
            "body",
            "belongs to POST",
            "leave it out, or set `method: POST`",
        )),
        None | Some("GET") => Ok(Method::GET),
        Some("POST") => Ok(Method::POST),
        Some(_) => Err((
            "method",
            "is neither GET nor POST",
            "write the one that reads",
        )),
    }
}

fn path(text: &str, scope: &Scope) -> Result<(Vec<Text>, bool), Flaw> {
    let wrong = |why| {
        (
            "path",
            why,
            "write one such as /v1/services/${service}/errors",
        )
    };
    let inner = text
        .strip_prefix('/')
        .ok_or(wrong("has no slash in front"))?;
    let (inner, trailing_slash) = match inner.strip_suffix('/') {
        Some(inner) => (inner, true),
        None => (inner, false),
    };
    let parts: Vec<_> = inner.split('/').collect();
    let is_odd = |c: char| c.is_control() || c.is_whitespace() || "%?#\\;".contains(c);
    let sound = |part: &&str| !part.is_empty() && !part.contains("..") && *part != ".";
    if parts.len() > MAX_PARTS || inner.contains(is_odd) || !parts.iter().all(sound) {
        return Err(wrong(
            "is empty in part, leads up, or holds a query or an escape",
        ));
    }
    if parts.iter().all(|it| literal(it).is_empty()) {
        return Err(wrong("is nothing but placeholders"));
    }
    let segments = parts.into_iter().map(|part| {
        let text = Text::parse(part, scope).ok_or(wrong(PLACEHOLDER))?;
        let splits = |it: &Part| matches!(it, Part::Literal(text) if text.contains('/'));
        match text.0.iter().any(splits) {
            true => Err(wrong("takes a name with a slash, which some servers split")),
            false => Ok(text),
        }
    });
    Ok((segments.collect::<Result<_, _>>()?, trailing_slash))
}

/// A text without its placeholders.
fn literal(text: &str) -> String {
    let names = ["${service}", "${environment}", "${from}", "${to}"];
    names
        .iter()
        .fold(text.to_owned(), |text, it| text.replace(it, ""))
}

fn names_scope(settings: &RequestSettings) -> bool {
    let names = |text: &str| text.contains("${service}") || text.contains("${environment}");
    let in_body = |body: &Value| texts(body).into_iter().any(names);
    names(&settings.path)
        || settings.query.values().any(|it| names(it))
        || settings.body.as_ref().is_some_and(in_body)
}

// === impl Text ===

impl Text {
    /// `None` where a placeholder is not known, or does not end.
    fn parse(text: &str, scope: &Scope) -> Option<Self> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, behind) = after.split_once('}')?;
            parts.push(Part::Literal(before.to_owned()));
            parts.push(match name {
                "service" => Part::Literal(scope.service.clone()),
                "environment" => Part::Literal(scope.environment.clone()),
                "from" => Part::From,
                "to" => Part::To,
                _ => return None,
            });
            rest = behind;
        }
        parts.push(Part::Literal(rest.to_owned()));
        Some(Self(parts))
    }

    fn filled(&self, from: &str, to: &str) -> String {
        let parts = self.0.iter().map(|part| match part {
            Part::Literal(text) => text.as_str(),
            Part::From => from,
            Part::To => to,
        });
        parts.collect()
    }
}
