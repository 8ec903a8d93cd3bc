//! One named query, checked.

use passport_connector_sdk::{Builder, json_pointer::Pointer, query::Asked, settings::NamedQuery};
use passport_evidence::Unit;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{
    read::{Form, Reader},
    settings::{ObservedAt, OwnSettings, ReadSettings, Scope},
    template::Template,
};

/// One named query, checked.
#[derive(Debug)]
pub struct Query {
    /// What it asks for.
    pub asked: Asked,
    /// The id it has in the configuration.
    pub id: String,
    /// What is sent; `None` in a source of uploads.
    pub template: Option<Template>,
    /// How the document is read.
    pub reader: Reader,
    /// Whether the moment of asking counts as the time of an answer.
    pub is_of_response: bool,
    /// Tells this way of reading from others: what was read in another way says nothing now.
    pub digest: String,
}

impl Query {
    /// Checks the entry of an id.
    pub fn build(
        id: &str,
        settings: &NamedQuery<OwnSettings>,
        is_asked: bool,
        scope: Option<&Scope>,
        builder: &mut Builder<'_>,
    ) -> Option<Self> {
        let at = format!("queries.{id}");
        let asked = settings.shared.resolve(id, builder);
        if asked.as_ref().is_some_and(|it| it.unit != Unit::Count) {
            let reason = "is not `count`, and lines are counted";
            builder.problem(format!("{at}.unit"), reason, "leave it out");
        }
        let own = &settings.own;
        let template = template(&at, own, is_asked, scope, builder);
        let reader = reader(&at, own, is_asked, builder);
        let template = template?;
        let asked = match &template {
            Some(template) => asked?.sent_as_json(&template.question()),
            None => asked?,
        };
        Some(Self {
            asked,
            id: id.to_owned(),
            template,
            reader: reader?,
            is_of_response: own.read.observed_at == ObservedAt::Response,
            digest: digest(&own.read, scope),
        })
    }
}

/// Of what is read and of whom: what was taken for another scope is not this one's.
fn digest(read: &ReadSettings, scope: Option<&Scope>) -> String {
    let text = serde_json::to_vec(&(read, scope)).unwrap_or_default();
    hex::encode(Sha256::digest(text))
}

/// `Some(None)`: none is wanted. `None`: there was a problem.
fn template(
    at: &str,
    own: &OwnSettings,
    is_asked: bool,
    scope: Option<&Scope>,
    builder: &mut Builder<'_>,
) -> Option<Option<Template>> {
    let at = format!("{at}.request");
    let window = own.window(at.trim_end_matches(".request"), builder);
    match (&own.request, is_asked) {
        (None, false) => Some(None),
        (Some(_), false) => {
            let reason = "means nothing without an `endpoint`";
            builder.problem(at, reason, "leave it out, or name the store");
            None
        }
        (None, true) => {
            let fix = "write `path`, and what else the store wants to be asked";
            builder.problem(at, "is missing, and the store is asked", fix);
            None
        }
        (Some(request), true) => match Template::new(request, scope?, window?) {
            Ok(template) => Some(Some(template)),
            Err((key, reason, fix)) => {
                let dot = if key.is_empty() { "" } else { "." };
                builder.problem(format!("{at}{dot}{key}"), reason, fix);
                None
            }
        },
    }
}

fn reader(
    at: &str,
    own: &OwnSettings,
    is_asked: bool,
    builder: &mut Builder<'_>,
) -> Option<Reader> {
    let read = &own.read;
    let at = format!("{at}.read");
    let mut sound = read.check(&at, own, is_asked, builder);
    let mut pointer = |key: &str, text: &Option<String>| {
        let found = text.as_deref().map(Pointer::parse);
        if let Some(None) = found {
            let fix = "write one such as /summary/matched; `~1` is a slash in a key";
            builder.problem(format!("{at}.{key}"), "is no JSON pointer", fix);
            sound = false;
        }
        found.flatten()
    };
    let count = pointer("count", &read.count);
    let newest = pointer("newest", &read.newest).map(|it| (it, read.time_format));
    let lines = pointer("lines", &read.lines);
    let next = pointer("next", &read.next);
    let service = pointer("service", &read.service);
    let environment = pointer("environment", &read.environment);
    let complete = read.complete.as_ref().and_then(|it| {
        let found = pointer("complete.pointer", &Some(it.pointer.clone()))?;
        Some((found, it.equals.clone()))
    });
    let form = match read.series {
        Some(_) => Form::Graphite,
        None => Form::Count(count.filter(|_| sound)?),
    };
    sound.then_some(Reader {
        form,
        newest,
        complete,
        lines,
        next,
        service,
        environment,
    })
}

// === impl ReadSettings ===

impl ReadSettings {
    /// What can't stand together.
    fn check(
        &self,
        at: &str,
        own: &OwnSettings,
        is_asked: bool,
        builder: &mut Builder<'_>,
    ) -> bool {
        let is_post = |it: &super::settings::RequestSettings| it.method.as_deref() == Some("POST");
        let is_post = own.request.as_ref().is_some_and(is_post);
        let is_word = |it: &Value| it.is_string() || it.is_number() || it.is_boolean();
        let flaws = [
            (
                self.count.is_some() == self.series.is_some(),
                "",
                "has both of `count` and `series`, or none",
                "write one of them",
            ),
            (
                self.next.is_some() && (self.series.is_some() || is_post || !is_asked),
                ".next",
                "belongs to a `count` that is asked with GET",
                "leave it out",
            ),
            (
                self.observed_at == ObservedAt::Response && !is_asked,
                ".observed_at",
                "means nothing for uploads, which nobody asks for",
                "leave it out, and point at the time with `newest`",
            ),
            (
                self.series.is_some()
                    && (self.newest.is_some() || self.observed_at == ObservedAt::Response),
                ".series",
                "has times of its own",
                "leave out `newest` and `observed_at`",
            ),
            (
                self.complete
                    .as_ref()
                    .is_some_and(|it| !is_word(&it.equals)),
                ".complete.equals",
                "is neither a word nor a number nor a boolean",
                "write what stands there when nothing is missing, such as true",
            ),
        ];
        let mut sound = true;
        for (_, key, reason, fix) in flaws.into_iter().filter(|(is_wrong, ..)| *is_wrong) {
            builder.problem(format!("{at}{key}"), reason, fix);
            sound = false;
        }
        sound
    }
}
