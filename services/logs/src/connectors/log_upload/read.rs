//! From a document to what is kept of it. Pure.

use passport_connector_sdk::json_pointer::{Leaf, Pointer};
use serde_json::{Value, value::RawValue};

use super::{
    found::{Found, Lack, Named, Number, Time, Whole},
    graphite,
    settings::{Scope, TimeFormat},
    time,
};

/// How a document is read for one query, checked.
#[derive(Debug, Clone)]
pub struct Reader {
    /// Where the number stands.
    pub form: Form,
    /// Where the time of the newest line stands, and how it is written.
    pub newest: Option<(Pointer, TimeFormat)>,
    /// Where it says that nothing is missing, and what it says then.
    pub complete: Option<(Pointer, Value)>,
    /// Where the number of all lines stands.
    pub lines: Option<Pointer>,
    /// Where the link to the next page stands.
    pub next: Option<Pointer>,
    /// Where it names its service.
    pub service: Option<Pointer>,
    /// Where it names its environment.
    pub environment: Option<Pointer>,
}

/// Where the number stands.
#[derive(Debug, Clone)]
pub enum Form {
    /// There.
    Count(Pointer),
    /// The document is series.
    Graphite,
}

// === impl Reader ===

impl Reader {
    /// Whether a document has a place for this query's number, be it `null`.
    pub fn concerns(&self, document: &RawValue) -> bool {
        match &self.form {
            Form::Count(pointer) => pointer.find(document).is_some(),
            Form::Graphite => Leaf::of(document) == Leaf::List,
        }
    }

    /// Reads what the pointers lead to, and nothing else.
    pub fn read(&self, document: &RawValue, scope: &Scope) -> Found {
        let lines = self.lines.as_ref().and_then(|it| it.find(document));
        let lines = lines.and_then(|it| count(&Leaf::of(it)).ok());
        let scope = self.named(document, scope);
        match &self.form {
            Form::Count(pointer) => Found {
                numbers: counted(pointer, document).map(|number| vec![number]),
                time: self.newest(document),
                whole: self.whole(document),
                lines,
                scope,
                cut: false,
            },
            Form::Graphite => {
                let newest = graphite::newest(document);
                let (time, cut) = newest
                    .as_ref()
                    .map_or((Time::Untold, false), |it| (Time::At(it.oldest), it.is_cut));
                Found {
                    numbers: newest.map(|it| it.numbers),
                    time,
                    whole: match &self.complete {
                        Some(_) => self.whole(document),
                        None => Whole::Said,
                    },
                    lines,
                    scope,
                    cut,
                }
            }
        }
    }

    /// The link to the next page; an error where what stands there is none.
    ///
    /// # Errors
    /// Something that is neither a link nor nothing.
    pub fn next(&self, document: &RawValue) -> Result<Option<String>, ()> {
        let Some(found) = self.next.as_ref().and_then(|it| it.find(document)) else {
            return Ok(None);
        };
        match Leaf::of(found) {
            Leaf::Null => Ok(None),
            Leaf::Text(link) if link.is_empty() => Ok(None),
            Leaf::Text(link) => Ok(Some(link)),
            Leaf::Bool | Leaf::Number(_) | Leaf::List | Leaf::Object => Err(()),
        }
    }

    fn newest(&self, document: &RawValue) -> Time {
        let Some((pointer, format)) = &self.newest else {
            return Time::Untold;
        };
        match pointer.find(document).map(Leaf::of) {
            None | Some(Leaf::Null) => Time::Untold,
            Some(leaf) => time::read(&leaf, *format).map_or(Time::Unreadable, Time::At),
        }
    }

    fn whole(&self, document: &RawValue) -> Whole {
        let Some((pointer, wanted)) = &self.complete else {
            return Whole::Undeclared;
        };
        let found = pointer.find(document);
        let found = found.and_then(|it| serde_json::from_str::<Value>(it.get()).ok());
        match found.is_some_and(|it| it == *wanted) {
            true => Whole::Said,
            false => Whole::NotSaid,
        }
    }

    /// Another name anywhere is another's document, whatever else it says.
    fn named(&self, document: &RawValue, scope: &Scope) -> Named {
        let names = [
            (&self.service, &scope.service),
            (&self.environment, &scope.environment),
        ];
        let all = names.into_iter().filter_map(|(pointer, own)| {
            let found = pointer.as_ref()?.find(document).map(Leaf::of);
            Some(match found {
                Some(Leaf::Text(name)) if name == *own => Named::Own,
                Some(Leaf::Text(_)) => Named::Foreign,
                Some(Leaf::Null | Leaf::Bool | Leaf::Number(_) | Leaf::List | Leaf::Object)
                | None => Named::Untold,
            })
        });
        let all: Vec<_> = all.collect();
        let worst = [Named::Foreign, Named::Untold];
        let worst = worst.into_iter().find(|it| all.contains(it));
        worst.unwrap_or(Named::Own)
    }
}

fn counted(pointer: &Pointer, document: &RawValue) -> Result<Number, Lack> {
    match (pointer.find(document), Leaf::of(document)) {
        (Some(found), Leaf::Object | Leaf::List | Leaf::Number(_) | Leaf::Text(_)) => {
            count(&Leaf::of(found))
        }
        (None, Leaf::Object | Leaf::List) => Err(Lack::Nothing),
        (Some(_), Leaf::Null | Leaf::Bool)
        | (None, Leaf::Null | Leaf::Bool | Leaf::Number(_) | Leaf::Text(_)) => {
            Err(Lack::OtherShape)
        }
    }
}

/// A number, or a text that is a plain decimal.
pub fn count(leaf: &Leaf<'_>) -> Result<Number, Lack> {
    match leaf {
        Leaf::Number(text) => Number::read(text),
        Leaf::Text(text) if is_plain_decimal(text) => Number::read(text),
        Leaf::Null => Err(Lack::Nothing),
        Leaf::List => Err(Lack::Several),
        Leaf::Text(_) | Leaf::Bool | Leaf::Object => Err(Lack::OtherShape),
    }
}

/// Digits, perhaps with a sign in front and one dot inside: no blanks, exponents or words.
pub fn is_plain_decimal(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    match text.split_once('.') {
        None => digits(text),
        Some((whole, part)) => digits(whole) && digits(part),
    }
}
